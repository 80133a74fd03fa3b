-- $2 and $3 bound the numbers, $4 is 1 to see archived ones too, $6 and $7 narrow to one influencer
-- or campaign (0 = any). The plan is the newest version.
SELECT d.deal_id, d.version, d.archived_at, d.influencer_id, d.campaign_id, d.fixed_fee_minor,
       d.gifts, d.gift_cost_minor, d.hold_days, d.starts_at, d.ends_at, d.created_at, p.kind,
       p.terms, c.currency
FROM deals d
LEFT JOIN campaigns c ON c.brand_id = d.brand_id AND c.campaign_id = d.campaign_id
LEFT JOIN deal_plans p ON p.brand_id = d.brand_id AND p.deal_id = d.deal_id
  AND p.plan_version = (
    SELECT MAX(n.plan_version)
    FROM deal_plans n
    WHERE n.brand_id = d.brand_id AND n.deal_id = d.deal_id)
WHERE d.brand_id = $1 AND d.deal_id > $2 AND d.deal_id <= $3
  AND (d.archived_at IS NULL OR CAST($4 AS BIGINT) = 1)
  AND (CAST($6 AS BIGINT) = 0 OR d.influencer_id = $6)
  AND (CAST($7 AS BIGINT) = 0 OR d.campaign_id = $7)
ORDER BY d.deal_id
LIMIT $5

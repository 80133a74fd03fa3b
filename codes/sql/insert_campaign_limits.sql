-- A campaign that gets a code has a row of limits to lock.
INSERT INTO campaign_code_limits (brand_id, campaign_id, version, changed_at)
SELECT d.brand_id, d.campaign_id, 0, CAST($3 AS BIGINT)
FROM deals d
WHERE d.brand_id = $1 AND d.deal_id = $2
ON CONFLICT DO NOTHING

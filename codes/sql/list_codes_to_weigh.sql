-- Codes with a use from $3 to $4. is_named: not one of a batch or of a click.
SELECT c.code_id, c.deal_id, d.influencer_id, d.campaign_id, c.code, c.is_enabled, c.created_at,
       c.archived_at, c.variant_of, c.placement, c.replaced_by,
       CASE WHEN c.batch_id IS NULL AND c.click_id IS NULL THEN 1 ELSE 0 END AS is_named
FROM codes AS c
JOIN deals AS d ON d.brand_id = c.brand_id AND d.deal_id = c.deal_id
WHERE c.brand_id = $1 AND c.code_id > $2
  AND c.code_id IN (SELECT u.code_id FROM code_uses AS u
                    WHERE u.brand_id = $1 AND u.at >= $3 AND u.at < $4)
ORDER BY c.code_id
LIMIT $5

-- $2 and $3 bound the numbers, $4 is 1 to see archived ones too, $6 and $7 narrow to one campaign
-- or deal (0 = any).
SELECT cost_id, version, archived_at, campaign_id, deal_id, kind, amount_minor, currency, at, note,
       created_at
FROM costs
WHERE brand_id = $1 AND cost_id > $2 AND cost_id <= $3
  AND (archived_at IS NULL OR CAST($4 AS BIGINT) = 1)
  AND (CAST($6 AS BIGINT) = 0 OR campaign_id = $6)
  AND (CAST($7 AS BIGINT) = 0 OR deal_id = $7)
ORDER BY cost_id
LIMIT $5

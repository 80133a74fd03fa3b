SELECT MIN(expires_at)
FROM code_uses
WHERE brand_id = $1 AND campaign_id = $2 AND (CAST($3 AS BIGINT) = 0 OR code_id = $3)
  AND state = 'held' AND expires_at > $4

-- Of one code ($3) or of all of a campaign (0).
SELECT u.code_use_id, u.code_id, u.currency, u.discount_minor, c.currency
FROM code_uses u JOIN codes c ON c.brand_id = u.brand_id AND c.code_id = u.code_id
WHERE u.brand_id = $1 AND u.campaign_id = $2 AND (CAST($3 AS BIGINT) = 0 OR u.code_id = $3)
  AND u.state = 'held' AND u.expires_at <= $4
ORDER BY u.expires_at, u.code_use_id
LIMIT $5

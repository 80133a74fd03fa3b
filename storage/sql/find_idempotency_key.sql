SELECT fingerprint, status, media_type, body, headers
FROM idempotency_keys
WHERE brand_id = $1 AND scope = $2 AND idempotency_key = $3
ORDER BY at
LIMIT 1

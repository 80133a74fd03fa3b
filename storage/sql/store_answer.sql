UPDATE idempotency_keys
SET status = $4, media_type = $5, body = $6, headers = $7
WHERE brand_id = $1 AND scope = $2 AND idempotency_key = $3

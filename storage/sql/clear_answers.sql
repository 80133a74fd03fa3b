UPDATE idempotency_keys
SET status = 410, media_type = 'application/problem+json', headers = '', body = $3
WHERE brand_id = $1 AND body LIKE $2

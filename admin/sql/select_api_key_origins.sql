SELECT key_id, origin
FROM api_key_origins
WHERE brand_id = $1 AND key_id > $2 AND key_id <= $3
ORDER BY key_id, origin
LIMIT $4

SELECT key_id, public_id, role, influencer_id, note, created_at, expires_at, revoked_at
FROM api_keys
WHERE brand_id = $1 AND key_id > $2 AND key_id <= $3
ORDER BY key_id
LIMIT $4

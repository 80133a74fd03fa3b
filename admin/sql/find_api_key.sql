SELECT brand_id, key_id, secret_sha256, role, influencer_id, expires_at, revoked_at
FROM api_keys
WHERE public_id = $1

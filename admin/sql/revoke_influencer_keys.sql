UPDATE api_keys SET revoked_at = $3
WHERE brand_id = $1 AND influencer_id = $2 AND revoked_at IS NULL

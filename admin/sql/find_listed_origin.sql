-- Whether a key that works now lists the origin. Of every brand: a preflight names none.
SELECT 1
FROM api_key_origins o JOIN api_keys k ON k.brand_id = o.brand_id AND k.key_id = o.key_id
WHERE o.origin = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)
LIMIT 1

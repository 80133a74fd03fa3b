-- How many admin keys of the brand stay usable when this one is gone; $3 is the admin role, $4 now.
SELECT COUNT(*)
FROM api_keys
WHERE brand_id = $1 AND key_id <> $2 AND role = $3 AND revoked_at IS NULL
  AND (expires_at IS NULL OR expires_at > $4)

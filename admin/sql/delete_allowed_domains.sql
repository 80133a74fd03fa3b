DELETE FROM allowed_domains
WHERE brand_id = $1

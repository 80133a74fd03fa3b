SELECT brand_id, timezone
FROM brands
WHERE brand_id > $1
ORDER BY brand_id
LIMIT $2

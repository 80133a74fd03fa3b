SELECT brand_id
FROM brands
WHERE brand_id > $1
ORDER BY brand_id
LIMIT $2

SELECT brand_id, code_use_id, discount_minor, allocations
FROM code_uses
WHERE brand_id > $1 OR (brand_id = $1 AND code_use_id > $2)
ORDER BY brand_id, code_use_id
LIMIT $3

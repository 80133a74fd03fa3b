SELECT code_id
FROM codes
WHERE brand_id = $1 AND code_id = $2

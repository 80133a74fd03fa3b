-- part: code
WHERE c.brand_id = $1 AND c.code_id = $2

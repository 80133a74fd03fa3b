UPDATE code_uses SET customer = $3 WHERE brand_id = $1 AND customer = $2

UPDATE code_limit_slots SET customer = $3 WHERE brand_id = $1 AND customer = $2

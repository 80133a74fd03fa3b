DELETE FROM code_limit_slots WHERE brand_id = $1 AND code_use_id = $2

UPDATE code_uses SET state = 'released'
WHERE brand_id = $1 AND code_use_id = $2 AND state = 'held'

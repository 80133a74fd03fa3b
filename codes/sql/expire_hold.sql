UPDATE code_uses SET state = 'expired'
WHERE brand_id = $1 AND code_use_id = $2 AND state = 'held'

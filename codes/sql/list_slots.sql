SELECT slot FROM code_limit_slots
WHERE brand_id = $1 AND scope = $2 AND scope_id = $3 AND customer = $4
ORDER BY slot
LIMIT $5

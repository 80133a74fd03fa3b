UPDATE code_limit_counters
SET used = used - $4, held = held - $5, spent_minor = spent_minor - $6,
    held_minor = held_minor - $7
WHERE brand_id = $1 AND scope = $2 AND scope_id = $3

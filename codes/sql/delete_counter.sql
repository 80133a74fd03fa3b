DELETE FROM code_limit_counters WHERE brand_id = $1 AND scope = $2 AND scope_id = $3

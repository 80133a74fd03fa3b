SELECT used, spent_minor FROM code_counters WHERE brand_id = $1 AND code_id = $2

UPDATE codes SET replaced_by = $3 WHERE brand_id = $1 AND code_id = $2

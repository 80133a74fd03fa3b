UPDATE codes SET closed_until = $3 WHERE brand_id = $1 AND code_id = $2

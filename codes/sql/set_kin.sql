UPDATE codes SET variant_of = $3, placement = $4 WHERE brand_id = $1 AND code_id = $2

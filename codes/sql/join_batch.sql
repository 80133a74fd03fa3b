UPDATE codes SET batch_id = $3 WHERE brand_id = $1 AND code_id = $2

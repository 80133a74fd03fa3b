SELECT COUNT(*) FROM code_customer_slots WHERE brand_id = $1 AND code_id = $2 AND customer = $3

UPDATE orders SET customer = $3 WHERE brand_id = $1 AND customer = $2

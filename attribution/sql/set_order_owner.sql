UPDATE orders SET integration_id = $3 WHERE brand_id = $1 AND order_id = $2

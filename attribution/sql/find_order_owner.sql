SELECT integration_id FROM orders WHERE brand_id = $1 AND order_ref = $2

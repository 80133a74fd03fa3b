UPDATE orders SET state_at = $3 WHERE brand_id = $1 AND order_id = $2 AND state_at < $3

SELECT order_id, order_ref, source, placed_at, currency, base_minor, discount_minor, booked_at
FROM orders
WHERE brand_id = $1 AND (customer = $2 OR customer_email = $2) AND order_id > $3
ORDER BY order_id
LIMIT $4

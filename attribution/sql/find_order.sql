SELECT order_id, source, placed_at, currency, base_minor, discount_minor, shipping_minor, tax_minor,
       is_test, customer, customer_is_new, body_sha256, booked_at, order_ref, integration_id,
       state_at
FROM orders
WHERE brand_id = $1 AND order_ref = $2

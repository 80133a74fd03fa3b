SELECT brand_id, order_id
FROM orders
WHERE (brand_id, order_id) > ($1, $2)
ORDER BY brand_id, order_id
LIMIT $3

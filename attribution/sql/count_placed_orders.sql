SELECT COUNT(*)
FROM orders
WHERE brand_id = $1 AND placed_at >= $2 AND placed_at < $3

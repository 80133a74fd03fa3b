SELECT MIN(placed_at)
FROM orders
WHERE brand_id = $1 AND placed_at >= $2 AND placed_at < $3

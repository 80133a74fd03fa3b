SELECT alias FROM order_aliases
WHERE brand_id = $1 AND order_id = $2
ORDER BY integration_id, alias
LIMIT 1000

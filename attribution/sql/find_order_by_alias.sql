SELECT o.order_ref
FROM order_aliases AS a
JOIN orders AS o ON o.brand_id = a.brand_id AND o.order_id = a.order_id
WHERE a.brand_id = $1 AND a.integration_id = $2 AND a.alias = $3

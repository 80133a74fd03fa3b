-- The newest click that an order of this customer came with through this integration.
SELECT t.given
FROM orders AS o
JOIN touchpoints AS t ON t.brand_id = o.brand_id AND t.order_id = o.order_id
WHERE o.brand_id = $1 AND o.integration_id = $2 AND o.customer = $3 AND o.customer <> ''
  AND t.kind = 'click'
ORDER BY o.order_id DESC, t.position
LIMIT 1

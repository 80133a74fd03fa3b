-- The click that the newest order of this customer came with through this integration. $4: another
-- name of the customer, or ''.
SELECT t.given
FROM orders AS o
JOIN touchpoints AS t ON t.brand_id = o.brand_id AND t.order_id = o.order_id
WHERE o.brand_id = $1 AND o.integration_id = $2 AND t.kind = 'click'
  AND (o.customer <> '' AND o.customer IN ($3, $4)
       OR o.customer_email <> '' AND o.customer_email IN ($3, $4))
ORDER BY o.order_id DESC, t.position
LIMIT 1

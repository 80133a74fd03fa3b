-- Whether a customer, known by $2 and $3 ("" is no name), has ordered before, and who earned the
-- first order that was credited: at most one row; without a credited order influencer_id is NULL.
SELECT c.influencer_id
FROM orders o
LEFT JOIN credits c ON c.brand_id = o.brand_id AND c.order_id = o.order_id
WHERE o.brand_id = $1 AND o.is_test = 0 AND o.placed_at <= $4
  AND o.order_id IN (
    SELECT order_id FROM orders
    WHERE brand_id = $1 AND customer <> '' AND customer IN ($2, $3)
    UNION ALL
    SELECT order_id FROM orders
    WHERE brand_id = $1 AND customer_email <> '' AND customer_email IN ($2, $3))
ORDER BY CASE WHEN c.influencer_id IS NULL THEN 1 ELSE 0 END, o.placed_at, o.order_id, c.credit_id
LIMIT 1

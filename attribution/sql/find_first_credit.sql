-- Whether a customer has ordered before, and who earned the first order that was credited: one row
-- by (placed_at, order_id); without a credited order influencer_id is NULL.
SELECT c.influencer_id
FROM orders o
LEFT JOIN credits c ON c.brand_id = o.brand_id AND c.order_id = o.order_id
WHERE o.brand_id = $1 AND o.customer = $2 AND o.customer <> '' AND o.is_test = 0
  AND o.placed_at <= $3
ORDER BY CASE WHEN c.influencer_id IS NULL THEN 1 ELSE 0 END, o.placed_at, o.order_id, c.credit_id
LIMIT 1

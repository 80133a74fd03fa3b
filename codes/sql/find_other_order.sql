-- Whether a customer, known by $2 and $3 ("" is no name), has an order other than $4.
SELECT 1 FROM orders
WHERE brand_id = $1 AND customer <> '' AND customer IN ($2, $3) AND order_ref <> $4 AND is_test = 0
UNION ALL
SELECT 1 FROM orders
WHERE brand_id = $1 AND customer_email <> '' AND customer_email IN ($2, $3) AND order_ref <> $4
  AND is_test = 0
LIMIT 1

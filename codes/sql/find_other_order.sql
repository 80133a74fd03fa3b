-- Whether this customer has an order other than $3.
SELECT 1 FROM orders
WHERE brand_id = $1 AND customer = $2 AND customer <> '' AND order_ref <> $3 AND is_test = 0
LIMIT 1

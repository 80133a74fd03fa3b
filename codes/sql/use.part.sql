-- The uses of order $2 as codes/use_rows.cpp reads them.
SELECT code_use_id, code_id, state, customer, currency, discount_minor, allocations, cart_sha256,
       subtotal_minor, expires_at, rolled_back_minor, is_late, customer_email
FROM code_uses
WHERE brand_id = $1 AND order_ref = $2
ORDER BY code_id

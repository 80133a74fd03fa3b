-- A code's first limit per customer: each customer's uses so far take the slots 0, 1, 2, …
INSERT INTO code_customer_slots (brand_id, code_id, customer, slot, code_use_id)
SELECT brand_id, code_id, customer,
       ROW_NUMBER() OVER (PARTITION BY customer ORDER BY code_use_id) - 1, code_use_id
FROM code_uses
WHERE brand_id = $1 AND code_id = $2 AND state = 'redeemed' AND customer <> ''

-- Uses of codes limited per customer that take no slot: that customer could use the code too often.
SELECT u.brand_id, u.code_id, u.code_use_id
FROM code_uses u
JOIN codes c ON c.brand_id = u.brand_id AND c.code_id = u.code_id
LEFT JOIN code_customer_slots s ON s.brand_id = u.brand_id AND s.code_id = u.code_id
      AND s.customer = u.customer AND s.code_use_id = u.code_use_id
WHERE c.uses_per_customer_max IS NOT NULL AND u.state = 'redeemed' AND u.customer <> ''
  AND s.slot IS NULL
ORDER BY u.brand_id, u.code_use_id
LIMIT 1000

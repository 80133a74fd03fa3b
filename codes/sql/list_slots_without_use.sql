-- Slots that no use of that customer stands for, second slots of one use, and slots of codes that
-- have no such limit.
SELECT s.brand_id, s.code_id, s.slot, s.code_use_id
FROM code_customer_slots s
LEFT JOIN codes c ON c.brand_id = s.brand_id AND c.code_id = s.code_id
LEFT JOIN code_uses u ON u.brand_id = s.brand_id AND u.code_use_id = s.code_use_id
      AND u.code_id = s.code_id AND u.customer = s.customer AND u.state = 'redeemed'
WHERE u.code_use_id IS NULL OR c.uses_per_customer_max IS NULL
   OR EXISTS (SELECT 1 FROM code_customer_slots t
              WHERE t.brand_id = s.brand_id AND t.code_id = s.code_id AND t.customer = s.customer
                AND t.code_use_id = s.code_use_id AND t.slot < s.slot)
ORDER BY s.brand_id, s.code_id, s.customer, s.slot
LIMIT 1000

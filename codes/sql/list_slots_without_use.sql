-- Slots that no use of that customer stands for, second slots of one use, and slots of scopes that
-- have no such limit.
SELECT n.scope, n.scope_id, n.slot, n.code_use_id
FROM code_limit_slots n
LEFT JOIN codes c ON n.scope = 'code' AND c.brand_id = n.brand_id AND c.code_id = n.scope_id
LEFT JOIN campaign_code_limits s
  ON n.scope = 'campaign' AND s.brand_id = n.brand_id AND s.campaign_id = n.scope_id
LEFT JOIN code_uses u
  ON u.brand_id = n.brand_id AND u.code_use_id = n.code_use_id
     AND n.customer IN (u.customer, u.customer_email)
     AND (u.state IN ('redeemed', 'held') OR u.keeps_use = 1)
     AND n.scope_id = CASE WHEN n.scope = 'code' THEN u.code_id ELSE u.campaign_id END
WHERE u.code_use_id IS NULL
   OR COALESCE(c.uses_per_customer_max, s.uses_per_customer_max) IS NULL
   OR EXISTS (SELECT 1 FROM code_limit_slots t
              WHERE t.brand_id = n.brand_id AND t.scope = n.scope AND t.scope_id = n.scope_id
                AND t.customer = n.customer AND t.code_use_id = n.code_use_id AND t.slot < n.slot)
ORDER BY n.scope, n.scope_id, n.customer, n.slot
LIMIT 1000

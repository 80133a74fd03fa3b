-- Codes that an order named, with no use of that order in the ledger of uses. Test orders use
-- nothing, and a code given twice is used once.
SELECT t.brand_id, t.code_id, t.order_id
FROM touchpoints t
JOIN orders o ON o.brand_id = t.brand_id AND o.order_id = t.order_id
WHERE t.kind = 'code' AND t.code_id IS NOT NULL AND t.deal_id IS NOT NULL
  AND t.outcome <> 'same_touch' AND o.is_test = 0
  AND NOT EXISTS (SELECT 1 FROM code_uses u
                  WHERE u.brand_id = t.brand_id AND u.order_ref = o.order_ref
                    AND u.code_id = t.code_id)
ORDER BY t.brand_id, t.order_id, t.code_id
LIMIT 1000

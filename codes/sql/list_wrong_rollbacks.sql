-- Uses whose parts that were rolled back do not sum to what the use says, or exceed its discount.
SELECT u.code_use_id, u.rolled_back_minor, COALESCE(r.amount_minor, 0)
FROM code_uses u
LEFT JOIN (SELECT brand_id, code_use_id, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor
           FROM code_rollbacks GROUP BY brand_id, code_use_id) r
  ON r.brand_id = u.brand_id AND r.code_use_id = u.code_use_id
WHERE u.rolled_back_minor <> COALESCE(r.amount_minor, 0) OR u.rolled_back_minor > u.discount_minor
   OR (u.state = 'rolled_back' AND u.rolled_back_minor <> u.discount_minor)
ORDER BY u.code_use_id
LIMIT 1000

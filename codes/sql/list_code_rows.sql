-- The rows of a sheet; archived codes and those of single clicks are left out. $2 a number below
-- the first, $3 the last; $4 a deal or 0 = all; $5 a batch or 0 = all.
SELECT code_id, code, deal_id, discount_kind, rate_ppm, amount_minor, currency, starts_at, ends_at,
       uses_max, uses_per_customer_max, budget_minor, subtotal_min_minor, is_enabled, batch_id,
       created_at, rules
FROM codes
WHERE brand_id = $1 AND code_id > $2 AND code_id <= $3
  AND (CAST($4 AS BIGINT) = 0 OR deal_id = $4) AND (CAST($5 AS BIGINT) = 0 OR batch_id = $5)
  AND archived_at IS NULL AND click_id IS NULL
ORDER BY code_id
LIMIT $6

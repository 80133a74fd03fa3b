-- JSON has other words here: see the other text.
INSERT INTO codes (brand_id, code_id, deal_id, code, folded, discount_kind, rate_ppm, amount_minor,
                   currency, starts_at, ends_at, subtotal_min_minor, uses_max,
                   uses_per_customer_max, budget_minor, rules, is_enabled, created_at,
                   batch_id)
SELECT b.brand_id, CAST(made.value ->> 0 AS BIGINT), b.deal_id, made.value ->> 1,
       made.value ->> 1, b.discount_kind, b.rate_ppm, b.amount_minor, b.currency,
       b.starts_at, b.ends_at, b.subtotal_min_minor, b.uses_max, b.uses_per_customer_max,
       b.budget_minor, b.rules, b.is_enabled, CAST($4 AS BIGINT), b.batch_id
FROM code_batches b CROSS JOIN json_array_elements(CAST($3 AS JSON)) made (value)
WHERE b.brand_id = $1 AND b.batch_id = $2
ON CONFLICT (brand_id, folded) DO NOTHING

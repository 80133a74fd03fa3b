-- $3 is [[id, "TEXT"], …]: one statement for a chunk, because a million of them would wait for the
-- network a million times. A text that the brand has already is left out; the caller counts.
INSERT INTO codes (brand_id, code_id, deal_id, code, folded, discount_kind, rate_ppm, amount_minor,
                   currency, starts_at, ends_at, subtotal_min_minor, uses_max,
                   uses_per_customer_max, budget_minor, rules, is_enabled, created_at,
                   batch_id)
SELECT b.brand_id, json_extract(made.value, '$[0]'), b.deal_id, json_extract(made.value, '$[1]'),
       json_extract(made.value, '$[1]'), b.discount_kind, b.rate_ppm, b.amount_minor, b.currency,
       b.starts_at, b.ends_at, b.subtotal_min_minor, b.uses_max, b.uses_per_customer_max,
       b.budget_minor, b.rules, b.is_enabled, CAST($4 AS BIGINT), b.batch_id
FROM code_batches b CROSS JOIN json_each($3) made
WHERE b.brand_id = $1 AND b.batch_id = $2
ON CONFLICT (brand_id, folded) DO NOTHING

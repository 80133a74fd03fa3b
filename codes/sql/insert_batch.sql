-- The terms are those of the batch's first code, $3, which is there already and counts as made.
INSERT INTO code_batches (brand_id, batch_id, deal_id, state, codes_wanted, codes_made, prefix,
                          suffix, random_length, last_code_id, discount_kind, rate_ppm,
                          amount_minor, currency, starts_at, ends_at, subtotal_min_minor, uses_max,
                          uses_per_customer_max, budget_minor, rules, is_enabled, created_at,
                          done_at)
SELECT c.brand_id, CAST($2 AS BIGINT), c.deal_id,
       CASE WHEN CAST($4 AS BIGINT) = 1 THEN 'done' ELSE 'making' END, CAST($4 AS BIGINT), 1,
       CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS BIGINT), c.code_id, c.discount_kind,
       c.rate_ppm, c.amount_minor, c.currency, c.starts_at, c.ends_at, c.subtotal_min_minor,
       c.uses_max, c.uses_per_customer_max, c.budget_minor, c.rules, c.is_enabled, c.created_at,
       CASE WHEN CAST($4 AS BIGINT) = 1 THEN c.created_at END
FROM codes c
WHERE c.brand_id = $1 AND c.code_id = $3

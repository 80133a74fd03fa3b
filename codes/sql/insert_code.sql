INSERT INTO codes (brand_id, code_id, deal_id, code, folded, discount_kind, rate_ppm, amount_minor,
                   currency, starts_at, ends_at, is_enabled, subtotal_min_minor, uses_max,
                   uses_per_customer_max, budget_minor, rules, created_at, click_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
ON CONFLICT DO NOTHING

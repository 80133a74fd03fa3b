INSERT INTO campaigns (brand_id, campaign_id, name, currency, starts_on, ends_on, landing_url, utm,
                       budget_minor, goals, precedence, model, lookback_days, code_share_ppm,
                       half_life_days, click_to_order_min_s, existing_customers, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)

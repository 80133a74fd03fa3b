UPDATE campaigns
SET name = $4, starts_on = $5, ends_on = $6, landing_url = $7, utm = $8, budget_minor = $9,
    goals = $10, precedence = $11, model = $12, lookback_days = $13, code_share_ppm = $14,
    half_life_days = $15, click_to_order_min_s = $16, existing_customers = $17,
    version = version + 1
WHERE brand_id = $1 AND campaign_id = $2 AND version = $3

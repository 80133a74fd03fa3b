INSERT INTO credits (brand_id, credit_id, order_id, influencer_id, deal_id, campaign_id, via,
                     code_id, link_id, click_id, weight_ppm, base_minor, currency, placed_at,
                     touched_at, precedence, model, lookback_days, code_share_ppm, half_life_days,
                     click_to_order_min_s, existing_customers, campaign_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23)

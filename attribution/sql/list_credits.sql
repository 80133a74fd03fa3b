SELECT credit_id, influencer_id, deal_id, campaign_id, via, code_id, link_id, click_id, weight_ppm,
       base_minor, touched_at, placed_at, currency, precedence, model, lookback_days,
       code_share_ppm, half_life_days, click_to_order_min_s, existing_customers, campaign_version
FROM credits
WHERE brand_id = $1 AND order_id = $2
ORDER BY credit_id
LIMIT 1000

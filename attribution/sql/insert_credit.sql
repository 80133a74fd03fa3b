INSERT INTO credits (brand_id, credit_id, order_id, influencer_id, deal_id, campaign_id, via,
                     code_id, link_id, click_id, weight_ppm, base_minor, currency, precedence,
                     model, placed_at, touched_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)

INSERT INTO touchpoints (brand_id, order_id, position, kind, given, code_id, link_id, click_id,
                         deal_id, influencer_id, campaign_id, touched_at, outcome, weight,
                         gave_code)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)

INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, fixed_fee_minor, gifts,
                   gift_cost_minor, hold_days, starts_at, ends_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

INSERT INTO commissions (brand_id, commission_id, credit_id, order_id, influencer_id, deal_id,
                         campaign_id, currency, base_minor, plan_version, plan_kind, plan_terms,
                         booked_at, release_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

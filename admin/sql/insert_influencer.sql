INSERT INTO influencers (brand_id, influencer_id, name, email, country, niche, payout, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

UPDATE influencers
SET name = $4, email = $5, country = $6, niche = $7, payout = $8, version = version + 1
WHERE brand_id = $1 AND influencer_id = $2 AND version = $3

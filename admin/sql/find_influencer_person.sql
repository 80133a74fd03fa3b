SELECT name, email, country, niche, payout, created_at, archived_at
FROM influencers
WHERE brand_id = $1 AND influencer_id = $2

SELECT influencer_id
FROM influencers
WHERE brand_id = $1 AND influencer_id = $2 AND archived_at IS NULL

SELECT influencer_id, name
FROM influencers
WHERE brand_id = $1
ORDER BY influencer_id
LIMIT $2

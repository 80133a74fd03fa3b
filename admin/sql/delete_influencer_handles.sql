DELETE FROM influencer_handles
WHERE brand_id = $1 AND influencer_id = $2

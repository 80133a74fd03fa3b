UPDATE influencers
SET name = $3, email = NULL, country = NULL, niche = NULL, payout = NULL, version = version + 1,
  archived_at = COALESCE(archived_at, $4)
WHERE brand_id = $1 AND influencer_id = $2

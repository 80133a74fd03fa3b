SELECT lookback_days FROM campaigns WHERE brand_id = $1 AND campaign_id = $2

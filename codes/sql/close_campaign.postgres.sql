UPDATE campaign_code_limits SET closed_until = $3 WHERE brand_id = $1 AND campaign_id = $2

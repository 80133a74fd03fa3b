SELECT currency
FROM campaigns
WHERE brand_id = $1 AND campaign_id = $2 AND archived_at IS NULL

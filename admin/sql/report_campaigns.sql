SELECT campaign_id, name, currency
FROM campaigns
WHERE brand_id = $1
ORDER BY campaign_id
LIMIT $2

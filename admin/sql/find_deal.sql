SELECT campaign_id
FROM deals
WHERE brand_id = $1 AND deal_id = $2 AND archived_at IS NULL

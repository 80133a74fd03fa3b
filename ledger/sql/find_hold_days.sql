SELECT hold_days
FROM deals
WHERE brand_id = $1 AND deal_id = $2

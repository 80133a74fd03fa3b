SELECT deal_id, influencer_id, campaign_id, fixed_fee_minor, gift_cost_minor,
       COALESCE(starts_at, created_at)
FROM deals
WHERE brand_id = $1
ORDER BY deal_id
LIMIT $2

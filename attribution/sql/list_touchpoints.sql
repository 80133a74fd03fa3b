SELECT kind, given, code_id, link_id, click_id, deal_id, influencer_id, campaign_id, touched_at,
       outcome, weight, gave_code
FROM touchpoints
WHERE brand_id = $1 AND order_id = $2
ORDER BY position
LIMIT 1000

SELECT c.code_id, c.deal_id, d.influencer_id, d.campaign_id, c.code, c.is_enabled, c.created_at,
       c.archived_at, c.variant_of, c.placement, c.replaced_by
FROM codes AS c
JOIN deals AS d ON d.brand_id = c.brand_id AND d.deal_id = c.deal_id
WHERE c.brand_id = $1 AND c.code_id > $2
ORDER BY c.code_id
LIMIT $3

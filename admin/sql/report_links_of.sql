SELECT l.link_id
FROM links AS l
JOIN deals AS d ON d.brand_id = l.brand_id AND d.deal_id = l.deal_id
WHERE l.brand_id = $1
  AND (CAST($2 AS BIGINT) = 0 OR d.campaign_id = $2)
  AND (CAST($3 AS BIGINT) = 0 OR d.influencer_id = $3)
ORDER BY l.link_id
LIMIT $4

SELECT link_id, deal_id, slug
FROM links
WHERE brand_id = $1
ORDER BY link_id
LIMIT $2

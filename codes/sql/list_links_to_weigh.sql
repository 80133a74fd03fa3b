SELECT link_id, deal_id
FROM links
WHERE brand_id = $1 AND link_id > $2
ORDER BY link_id
LIMIT $3

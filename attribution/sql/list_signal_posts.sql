SELECT d.influencer_id, p.published_at
FROM posts AS p
JOIN deals AS d ON d.brand_id = p.brand_id AND d.deal_id = p.deal_id
WHERE p.brand_id = $1 AND p.published_at >= $2 AND p.published_at < $3 AND p.archived_at IS NULL
ORDER BY p.published_at, p.post_id
LIMIT $4

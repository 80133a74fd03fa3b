UPDATE posts
SET platform = $4, url = $5, planned_at = $6, published_at = $7, version = version + 1
WHERE brand_id = $1 AND post_id = $2 AND version = $3

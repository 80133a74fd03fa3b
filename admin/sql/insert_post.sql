INSERT INTO posts (brand_id, post_id, deal_id, platform, url, planned_at, published_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

INSERT INTO click_rollups (brand_id, day, link_id, verdict, clicks)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (brand_id, day, link_id, verdict)
DO UPDATE SET clicks = click_rollups.clicks + excluded.clicks

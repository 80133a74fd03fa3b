INSERT INTO click_rollups (brand_id, span, start, link_id, verdict, clicks, unnamed)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (brand_id, span, start, link_id, verdict)
DO UPDATE SET clicks = click_rollups.clicks + excluded.clicks,
  unnamed = click_rollups.unnamed + excluded.unnamed

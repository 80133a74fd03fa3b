INSERT INTO click_rollups_by (brand_id, span, start, dimension, value, verdict, clicks, unnamed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (brand_id, dimension, span, start, value, verdict)
DO UPDATE SET clicks = click_rollups_by.clicks + excluded.clicks,
  unnamed = click_rollups_by.unnamed + excluded.unnamed

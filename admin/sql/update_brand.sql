-- $7 … $11 are the values the change was made from; no row when another change came in between.
UPDATE brands
SET name = $2, fallback_url = $3, margin_ppm = $4, visitor_mode = $5, consent = $6
WHERE brand_id = $1 AND name = $7 AND COALESCE(fallback_url, '') = $8 AND margin_ppm = $9
  AND visitor_mode = $10 AND consent = $11

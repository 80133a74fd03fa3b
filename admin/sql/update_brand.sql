-- $5 … $7 are the values the change was made from; no row when another change came in between.
UPDATE brands
SET name = $2, fallback_url = $3, margin_ppm = $4
WHERE brand_id = $1 AND name = $5 AND COALESCE(fallback_url, '') = $6 AND margin_ppm = $7

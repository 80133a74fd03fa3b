SELECT currency, timezone, margin_ppm
FROM brands
WHERE brand_id = $1

SELECT name, currency, timezone, fallback_url, margin_ppm, created_at, visitor_mode, consent
FROM brands
WHERE brand_id = $1

SELECT brand_id, timezone, COALESCE(fallback_url, ''), name, visitor_mode, consent
FROM brands
WHERE brand_id > $1 ORDER BY brand_id LIMIT $2

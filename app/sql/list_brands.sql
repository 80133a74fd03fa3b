SELECT brand_id, name FROM brands ORDER BY brand_id LIMIT 1000

-- Before a brand's named codes are compared with a new one. SQLite has one writer at a time.
SELECT brand_id FROM brands WHERE brand_id = $1

-- Before its limits are edited. SQLite has one writer at a time.
SELECT version FROM codes WHERE brand_id = $1 AND code_id = $2

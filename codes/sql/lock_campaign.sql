-- Before its shared limits are edited. SQLite has one writer at a time.
SELECT campaign_id FROM campaigns WHERE brand_id = $1 AND campaign_id = $2

-- Before its shared limits are edited. SQLite has one writer at a time.
SELECT version FROM campaign_code_limits WHERE brand_id = $1 AND campaign_id = $2

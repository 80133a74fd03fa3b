-- SQLite has one writer at a time: there is nobody to keep out.
UPDATE campaign_code_limits SET closed_until = $3 WHERE brand_id = $1 AND campaign_id = $2 AND 1 = 0

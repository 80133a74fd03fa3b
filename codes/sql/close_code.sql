-- SQLite has one writer at a time: there is nobody to keep out.
UPDATE codes SET closed_until = $3 WHERE brand_id = $1 AND code_id = $2 AND 1 = 0

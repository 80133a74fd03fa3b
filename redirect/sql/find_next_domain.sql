-- The next own domain behind $1, and whose it is.
SELECT domain, brand_id FROM links WHERE domain > $1 ORDER BY domain LIMIT 1

SELECT domain FROM allowed_domains WHERE brand_id = $1 ORDER BY domain LIMIT 1000

SELECT sketch FROM click_visitors
WHERE brand_id = $1 AND span = 2 AND start >= $2 AND start < $3 AND link_id = $4
ORDER BY start LIMIT 31

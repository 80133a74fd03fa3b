SELECT link_id, verdict, clicks, unnamed, start
FROM click_rollups
WHERE brand_id = $1 AND span = $2 AND start >= $3 AND start < $4
ORDER BY start, link_id, verdict
LIMIT $5

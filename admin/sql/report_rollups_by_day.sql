SELECT link_id, verdict, clicks, day
FROM click_rollups
WHERE brand_id = $1 AND day >= $2 AND day < $3
ORDER BY day, link_id, verdict
LIMIT $4

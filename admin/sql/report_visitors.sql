-- Visitors of each link in a range of rollups.
SELECT link_id, start, sketch
FROM click_visitors
WHERE brand_id = $1 AND span = $2 AND start >= $3 AND start < $4 AND link_id <> 0
ORDER BY start, link_id
LIMIT $5

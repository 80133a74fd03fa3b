-- In the click file: valid clicks by link and day of the brand.
SELECT link_id, start, clicks
FROM click_rollups
WHERE brand_id = $1 AND span = 2 AND start >= $2 AND start < $3 AND verdict = 0
ORDER BY start, link_id
LIMIT $4

-- Clicks of a part of a day by link and verdict; ids rise with time, so a period is a range of ids.
SELECT link_id, verdict, COUNT(*)
FROM clicks
WHERE click_id >= $1 AND click_id < $2 AND brand_id = $3
GROUP BY link_id, verdict
ORDER BY link_id, verdict
LIMIT $4

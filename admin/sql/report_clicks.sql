-- Clicks of a part of a day by link and verdict; ids rise with time, so a period is a range of ids.
SELECT l.link_id, c.verdict, COUNT(*), COUNT(*) - COUNT(c.visitor)
FROM clicks AS c
JOIN click_links AS l ON l.number = c.link
WHERE c.click_id >= $1 AND c.click_id < $2 AND l.brand_id = $3
GROUP BY l.link_id, c.verdict
ORDER BY l.link_id, c.verdict
LIMIT $4

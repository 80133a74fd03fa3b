-- Clicks of a period by link and the words of one dimension ($4, its kind), from the clicks.
SELECT l.link_id, c.verdict, COUNT(*), COUNT(*) - COUNT(c.visitor),
  CASE $4 WHEN 1 THEN p.country WHEN 2 THEN p.device WHEN 3 THEN p.os WHEN 4 THEN p.browser
    WHEN 5 THEN p.app ELSE p.language END AS word
FROM clicks AS c
JOIN click_links AS l ON l.number = c.link
JOIN click_profiles AS p ON p.number = c.profile
WHERE c.click_id >= $1 AND c.click_id < $2 AND l.brand_id = $3
GROUP BY l.link_id, c.verdict, word
ORDER BY l.link_id, c.verdict, word
LIMIT $5

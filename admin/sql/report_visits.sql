-- Who clicked which link in a part of a day; verdict 0 is a valid click.
SELECT DISTINCT l.link_id, c.visitor
FROM clicks AS c
JOIN click_links AS l ON l.number = c.link
WHERE c.click_id >= $1 AND c.click_id < $2 AND l.brand_id = $3 AND c.verdict = 0
  AND c.visitor IS NOT NULL
ORDER BY l.link_id, c.visitor
LIMIT $4

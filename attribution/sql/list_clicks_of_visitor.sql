-- In the click file: what the visitor of click $2 clicked, from id $3 up to id $4. Bit 1024 of the
-- flags says that the visitor is known by the cookie; the index has only these.
SELECT c.click_id, l.link_id, c.verdict
FROM clicks AS c
JOIN click_links AS l ON l.number = c.link
WHERE c.visitor = (SELECT visitor FROM clicks WHERE click_id = $2 AND (flags & 1024) <> 0)
  AND (c.flags & 1024) <> 0 AND l.brand_id = $1 AND c.click_id >= $3 AND c.click_id < $4
ORDER BY c.click_id DESC
LIMIT $5

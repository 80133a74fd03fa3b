-- In the click file, by the click's key; the link must be the one under the token's MAC.
SELECT c.verdict
FROM clicks AS c
JOIN click_links AS l ON l.number = c.link
WHERE c.click_id = $1 AND l.link_id = $2

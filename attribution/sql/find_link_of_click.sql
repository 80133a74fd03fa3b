-- In the click file: which link was clicked.
SELECT l.link_id
FROM clicks AS c
JOIN click_links AS l ON l.number = c.link
WHERE c.click_id = $1

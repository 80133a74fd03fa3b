-- What the rollups are made of, in order of the clicks.
SELECT c.click_id, l.brand_id, l.link_id, c.verdict, c.visitor, p.number, p.device, p.os, p.browser,
  p.app, p.country, p.language
FROM clicks AS c
JOIN click_links AS l ON l.number = c.link
JOIN click_profiles AS p ON p.number = c.profile
WHERE c.click_id > $1
ORDER BY c.click_id
LIMIT $2

-- Those whose numbers are in $2, "[61,62]": a report names what it has numbers of, and a brand may
-- have any number of links besides. CROSS JOIN makes SQLite look them up one by one.
SELECT l.link_id, l.deal_id, l.slug
FROM json_each($2) AS asked
CROSS JOIN links AS l
WHERE l.brand_id = $1 AND l.link_id = asked.value
ORDER BY l.link_id
LIMIT $3

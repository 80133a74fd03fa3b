-- JSON has other words here: see the other text.
SELECT l.link_id, l.deal_id, l.slug
FROM json_array_elements_text(CAST($2 AS JSON)) AS asked (value)
JOIN links AS l ON l.brand_id = $1 AND l.link_id = CAST(asked.value AS BIGINT)
ORDER BY l.link_id
LIMIT $3

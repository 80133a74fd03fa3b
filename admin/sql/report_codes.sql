-- Those whose numbers are in $2, as report_links.
SELECT c.code_id, c.code
FROM json_each($2) AS asked
CROSS JOIN codes AS c
WHERE c.brand_id = $1 AND c.code_id = asked.value
ORDER BY c.code_id
LIMIT $3

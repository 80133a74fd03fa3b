-- JSON has other words here: see the other text.
SELECT c.code_id, c.code
FROM json_array_elements_text(CAST($2 AS JSON)) AS asked (value)
JOIN codes AS c ON c.brand_id = $1 AND c.code_id = CAST(asked.value AS BIGINT)
ORDER BY c.code_id
LIMIT $3

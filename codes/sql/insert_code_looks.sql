-- $3 is the skeleton: the whole, and less each one character.
INSERT INTO code_looks (brand_id, look, code_id)
WITH RECURSIVE place (look, at) AS (
  SELECT CAST($3 AS TEXT), 0
  UNION ALL
  SELECT look, at + 1 FROM place WHERE at < LENGTH(look))
SELECT DISTINCT CAST($1 AS BIGINT),
       CASE WHEN at = 0 THEN look ELSE SUBSTR(look, 1, at - 1) || SUBSTR(look, at + 1) END,
       CAST($2 AS BIGINT)
FROM place

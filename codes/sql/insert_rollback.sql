INSERT INTO code_rollbacks (brand_id, code_use_id, position, amount_minor, allocations, at)
SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), COUNT(*), CAST($3 AS BIGINT), CAST($4 AS TEXT),
       CAST($5 AS BIGINT)
FROM code_rollbacks
WHERE brand_id = $1 AND code_use_id = $2

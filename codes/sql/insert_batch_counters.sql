-- The counters of the codes just made, from the first of them on: nobody has used one yet.
INSERT INTO code_limit_counters (brand_id, scope, scope_id)
SELECT brand_id, 'code', code_id
FROM codes
WHERE brand_id = $1 AND batch_id = $2 AND code_id >= $3

-- The counters of the codes just made, from the first of them ($3) on: nobody has used one yet.
-- Those behind it that another server made have theirs.
INSERT INTO code_limit_counters (brand_id, scope, scope_id)
SELECT brand_id, 'code', code_id
FROM codes
WHERE brand_id = $1 AND batch_id = $2 AND code_id >= $3
ON CONFLICT (brand_id, scope, scope_id) DO NOTHING

-- One variant at a time that is good for a placement.
SELECT code_id
FROM codes
WHERE brand_id = $1 AND variant_of = $2 AND placement = $3 AND is_enabled = 1
  AND archived_at IS NULL
LIMIT 1

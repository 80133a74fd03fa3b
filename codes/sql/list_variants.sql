SELECT code_id, variant_of, code, placement, is_enabled, replaced_by, created_at, archived_at
FROM codes
WHERE brand_id = $1 AND variant_of = $2 AND code_id > $3
ORDER BY code_id
LIMIT $4

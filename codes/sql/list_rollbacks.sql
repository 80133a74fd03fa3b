SELECT amount_minor, allocations
FROM code_rollbacks
WHERE brand_id = $1 AND code_use_id = $2
ORDER BY position
LIMIT $3

SELECT reason, reversed_at
FROM commission_reversals
WHERE brand_id = $1 AND commission_id = $2

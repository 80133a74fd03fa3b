SELECT folded FROM codes
WHERE brand_id = $1 AND deal_id = $2 AND code_id = $3 AND archived_at IS NULL

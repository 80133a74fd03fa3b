UPDATE deals
SET archived_at = $3, version = version + 1
WHERE brand_id = $1 AND deal_id = $2 AND version = $4 AND archived_at IS NULL

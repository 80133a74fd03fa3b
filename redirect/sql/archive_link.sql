UPDATE links SET archived_at = $4, changed_at = $4, version = version + 1
WHERE brand_id = $1 AND link_id = $2 AND version = $3 AND archived_at IS NULL

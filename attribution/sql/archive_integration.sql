UPDATE integrations SET archived_at = $3, version = version + 1
WHERE brand_id = $1 AND integration_id = $2 AND archived_at IS NULL

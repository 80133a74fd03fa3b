SELECT integration_id, platform, name, version, created_at, archived_at
FROM integrations
WHERE brand_id = $1 AND integration_id > $2 AND archived_at IS NULL
ORDER BY integration_id
LIMIT $3

SELECT integration_id, platform, name, version, created_at, archived_at
FROM integrations
WHERE brand_id = $1 AND integration_id = $2

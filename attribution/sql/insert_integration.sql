INSERT INTO integrations (brand_id, integration_id, platform, name, sealed_secret, created_at)
VALUES ($1, $2, $3, $4, $5, $6)

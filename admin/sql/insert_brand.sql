INSERT INTO brands (brand_id, name, currency, timezone, created_at)
VALUES ($1, $2, $3, $4, $5)

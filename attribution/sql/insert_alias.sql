INSERT INTO order_aliases (brand_id, integration_id, alias, order_id)
VALUES ($1, $2, $3, $4)
ON CONFLICT (brand_id, integration_id, alias) DO NOTHING

INSERT INTO webhook_deliveries (brand_id, integration_id, delivery_key, topic, body, received_at,
                                outcome, detail, delivery_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

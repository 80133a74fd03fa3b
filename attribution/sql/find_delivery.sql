SELECT topic, body, outcome, detail, received_at
FROM webhook_deliveries
WHERE brand_id = $1 AND integration_id = $2 AND delivery_key = $3

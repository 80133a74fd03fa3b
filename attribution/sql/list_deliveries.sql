SELECT delivery_key, topic, received_at, outcome, detail
FROM webhook_deliveries
WHERE brand_id = $1 AND integration_id = $2 AND outcome = $3
ORDER BY received_at DESC, delivery_key
LIMIT $4

SELECT d.integration_id, d.delivery_key, d.topic, d.body, d.received_at, i.platform
FROM webhook_deliveries AS d
JOIN integrations AS i ON i.brand_id = d.brand_id AND i.integration_id = d.integration_id
WHERE d.brand_id = $1 AND d.body <> '' AND (d.integration_id, d.delivery_key) > ($2, $3)
ORDER BY d.integration_id, d.delivery_key
LIMIT $4

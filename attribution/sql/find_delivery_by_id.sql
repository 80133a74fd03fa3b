SELECT d.delivery_id, d.integration_id, i.platform, d.delivery_key, d.topic, d.received_at,
       d.outcome, d.detail, d.body
FROM webhook_deliveries AS d
JOIN integrations AS i ON i.brand_id = d.brand_id AND i.integration_id = d.integration_id
WHERE d.brand_id = $1 AND d.delivery_id = $2

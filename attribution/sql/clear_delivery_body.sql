UPDATE webhook_deliveries SET body = ''
WHERE brand_id = $1 AND integration_id = $2 AND delivery_key = $3

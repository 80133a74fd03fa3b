UPDATE webhook_deliveries SET outcome = $4, detail = $5
WHERE brand_id = $1 AND integration_id = $2 AND delivery_key = $3

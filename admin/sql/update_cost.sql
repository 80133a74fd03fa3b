UPDATE costs
SET kind = $4, amount_minor = $5, at = $6, note = $7, version = version + 1
WHERE brand_id = $1 AND cost_id = $2 AND version = $3

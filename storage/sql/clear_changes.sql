UPDATE audit_events SET change = '{}' WHERE brand_id = $1 AND subject = $2

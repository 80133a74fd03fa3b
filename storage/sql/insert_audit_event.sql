INSERT INTO audit_events (brand_id, event_id, at, actor, verb, subject, change)
VALUES ($1, $2, $3, $4, $5, $6, $7)

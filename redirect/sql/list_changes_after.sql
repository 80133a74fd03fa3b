-- What changed of every brand, whichever server did it. Each brand's part is a range of its key.
SELECT e.brand_id, e.event_id, e.subject FROM brands b
JOIN audit_events e ON e.brand_id = b.brand_id AND e.event_id > $1
WHERE (e.brand_id, e.event_id) > ($2, $3)
ORDER BY e.brand_id, e.event_id LIMIT $4

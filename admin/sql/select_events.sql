-- $3 narrows to one subject ('' = any).
SELECT event_id, at, actor, verb, subject, change
FROM audit_events
WHERE brand_id = $1 AND event_id > $2 AND (CAST($3 AS TEXT) = '' OR subject = $3)
ORDER BY event_id
LIMIT $4

-- A customer's uses and live holds in a scope, but for the use $5; $6 is now.
SELECT COUNT(CASE WHEN u.state <> 'held' THEN 1 END),
       COUNT(CASE WHEN u.state = 'held' AND u.expires_at > $6 THEN 1 END)
FROM code_limit_slots s
JOIN code_uses u ON u.brand_id = s.brand_id AND u.code_use_id = s.code_use_id
WHERE s.brand_id = $1 AND s.scope = $2 AND s.scope_id = $3 AND s.customer = $4
  AND s.code_use_id <> $5

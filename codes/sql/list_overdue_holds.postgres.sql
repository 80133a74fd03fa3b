-- SKIP LOCKED: a hold that somebody is just settling is his; who finds no room without it comes
-- again. FOR KEY SHARE OF c, as in hold_code: an edit that gives the hold's code its first limit
-- must not count a hold that is given back here, so the holds of a code whose limits are just being
-- edited wait for the next who asks.
SELECT u.code_use_id, u.code_id, u.currency, u.discount_minor, c.currency
FROM code_uses u JOIN codes c ON c.brand_id = u.brand_id AND c.code_id = u.code_id
WHERE u.brand_id = $1 AND u.campaign_id = $2 AND (CAST($3 AS BIGINT) = 0 OR u.code_id = $3)
  AND u.state = 'held' AND u.expires_at <= $4
ORDER BY u.expires_at, u.code_use_id
LIMIT $5
FOR UPDATE OF u SKIP LOCKED
FOR KEY SHARE OF c SKIP LOCKED

-- Holds that have run out and whose rows do not say so yet, of one code ($3) or of all of a
-- campaign (0). $5 is the budget's currency.
SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN currency = $5 THEN discount_minor ELSE 0 END), 0)
                      AS BIGINT)
FROM code_uses
WHERE brand_id = $1 AND campaign_id = $2 AND (CAST($3 AS BIGINT) = 0 OR code_id = $3)
  AND state = 'held' AND expires_at <= $4

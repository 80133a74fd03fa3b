-- The limit: the row is changed only where there is room for one more use and its amount. $4 is the
-- most uses allowed; $5 the most that may be spent. Subtracted, because a sum could overflow.
UPDATE code_counters
SET used = used + 1, spent_minor = spent_minor + $3
WHERE brand_id = $1 AND code_id = $2 AND used < $4
  AND spent_minor <= CAST($5 AS BIGINT) - CAST($3 AS BIGINT)

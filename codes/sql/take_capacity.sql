-- The limit: the row is changed only where there is room for one more use or hold and its amount.
-- $4 and $5 are 1 and 0 for a use, 0 and 1 for a hold; $6 and $7 its amount in the same way; $8 the
-- most uses; $9 the most that may be spent. Subtracted, because a sum could overflow.
UPDATE code_limit_counters
SET used = used + $4, held = held + $5, spent_minor = spent_minor + $6,
    held_minor = held_minor + $7
WHERE brand_id = $1 AND scope = $2 AND scope_id = $3 AND used + held < $8
  AND spent_minor <= CAST($9 AS BIGINT) - CAST($6 AS BIGINT) - CAST($7 AS BIGINT) - held_minor

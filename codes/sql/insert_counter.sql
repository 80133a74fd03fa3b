-- A code's first counter starts from the ledger: the edit holds the code, so no use is in flight.
-- $3 is the currency that counts as spent.
INSERT INTO code_counters (brand_id, code_id, used, spent_minor)
SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), COUNT(*),
       CAST(COALESCE(SUM(CASE WHEN currency = $3 THEN discount_minor ELSE 0 END), 0) AS BIGINT)
FROM code_uses
WHERE brand_id = $1 AND code_id = $2 AND state = 'redeemed'

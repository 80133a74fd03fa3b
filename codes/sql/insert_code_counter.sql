-- A first counter starts from the ledger: the edit holds the code, so no use is in flight. $4 is
-- the currency that counts as spent.
INSERT INTO code_limit_counters (brand_id, scope, scope_id, used, spent_minor, held, held_minor)
SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS BIGINT),
       COUNT(CASE WHEN state = 'redeemed' OR keeps_use = 1 THEN 1 END),
       CAST(COALESCE(SUM(CASE WHEN currency = $4 AND state IN ('redeemed', 'rolled_back')
                              THEN discount_minor - rolled_back_minor ELSE 0 END), 0) AS BIGINT),
       COUNT(CASE WHEN state = 'held' THEN 1 END),
       CAST(COALESCE(SUM(CASE WHEN currency = $4 AND state = 'held'
                              THEN discount_minor ELSE 0 END), 0) AS BIGINT)
FROM code_uses
WHERE brand_id = $1 AND code_id = $3

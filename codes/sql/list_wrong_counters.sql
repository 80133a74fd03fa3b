-- Counters that a recount of the ledger does not confirm, missing ones, and ones of codes without
-- a limit.
SELECT c.brand_id, c.code_id,
       CASE WHEN c.uses_max IS NULL AND c.budget_minor IS NULL THEN 0 ELSE 1 END AS is_limited,
       COALESCE(u.used, 0), COALESCE(u.spent_minor, 0), n.used, n.spent_minor
FROM codes c
LEFT JOIN code_counters n ON n.brand_id = c.brand_id AND n.code_id = c.code_id
LEFT JOIN (SELECT s.brand_id, s.code_id, COUNT(*) AS used,
                  CAST(SUM(CASE WHEN s.currency = k.currency THEN s.discount_minor ELSE 0 END)
                       AS BIGINT) AS spent_minor
           FROM code_uses s
           JOIN codes k ON k.brand_id = s.brand_id AND k.code_id = s.code_id
           WHERE s.state = 'redeemed' AND (k.uses_max IS NOT NULL OR k.budget_minor IS NOT NULL)
           GROUP BY s.brand_id, s.code_id) u
  ON u.brand_id = c.brand_id AND u.code_id = c.code_id
WHERE CASE WHEN c.uses_max IS NULL AND c.budget_minor IS NULL THEN n.used IS NOT NULL
           ELSE n.used IS NULL OR n.used <> COALESCE(u.used, 0)
                OR n.spent_minor <> COALESCE(u.spent_minor, 0) END
ORDER BY c.brand_id, c.code_id
LIMIT 1000

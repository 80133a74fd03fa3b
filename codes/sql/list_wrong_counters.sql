-- Counters that a recount of the ledger does not confirm, missing ones, and ones of scopes without
-- a limit.
SELECT x.scope, x.scope_id, x.is_limited, COALESCE(x.used, 0), COALESCE(x.spent_minor, 0),
       COALESCE(x.held, 0), COALESCE(x.held_minor, 0), n.used, n.spent_minor, n.held, n.held_minor
FROM (
  SELECT 'code' AS scope, c.brand_id, c.code_id AS scope_id,
         CASE WHEN c.uses_max IS NULL AND c.budget_minor IS NULL THEN 0 ELSE 1 END AS is_limited,
         COUNT(CASE WHEN u.state = 'redeemed' OR u.keeps_use = 1 THEN 1 END) AS used,
         CAST(SUM(CASE WHEN u.currency = c.currency AND u.state IN ('redeemed', 'rolled_back')
                       THEN u.discount_minor - u.rolled_back_minor ELSE 0 END) AS BIGINT)
           AS spent_minor,
         COUNT(CASE WHEN u.state = 'held' THEN 1 END) AS held,
         CAST(SUM(CASE WHEN u.currency = c.currency AND u.state = 'held'
                       THEN u.discount_minor ELSE 0 END) AS BIGINT) AS held_minor
  FROM codes c
  LEFT JOIN code_uses u ON u.brand_id = c.brand_id AND u.code_id = c.code_id
       AND (c.uses_max IS NOT NULL OR c.budget_minor IS NOT NULL)
  GROUP BY c.brand_id, c.code_id, c.uses_max, c.budget_minor
  UNION ALL
  SELECT 'campaign', k.brand_id, k.campaign_id,
         CASE WHEN s.uses_max IS NULL AND s.budget_minor IS NULL THEN 0 ELSE 1 END,
         COUNT(CASE WHEN u.state = 'redeemed' OR u.keeps_use = 1 THEN 1 END),
         CAST(SUM(CASE WHEN u.currency = k.currency AND u.state IN ('redeemed', 'rolled_back')
                       THEN u.discount_minor - u.rolled_back_minor ELSE 0 END) AS BIGINT),
         COUNT(CASE WHEN u.state = 'held' THEN 1 END),
         CAST(SUM(CASE WHEN u.currency = k.currency AND u.state = 'held'
                       THEN u.discount_minor ELSE 0 END) AS BIGINT)
  FROM campaigns k
  LEFT JOIN campaign_code_limits s ON s.brand_id = k.brand_id AND s.campaign_id = k.campaign_id
  LEFT JOIN code_uses u ON u.brand_id = k.brand_id AND u.campaign_id = k.campaign_id
       AND (s.uses_max IS NOT NULL OR s.budget_minor IS NOT NULL)
  GROUP BY k.brand_id, k.campaign_id, s.uses_max, s.budget_minor) x
LEFT JOIN code_limit_counters n
  ON n.brand_id = x.brand_id AND n.scope = x.scope AND n.scope_id = x.scope_id
WHERE CASE WHEN x.is_limited = 0 THEN n.used IS NOT NULL
           ELSE n.used IS NULL OR n.used <> x.used OR n.spent_minor <> COALESCE(x.spent_minor, 0)
                OR n.held <> x.held OR n.held_minor <> COALESCE(x.held_minor, 0) END
ORDER BY x.scope, x.scope_id
LIMIT 1000

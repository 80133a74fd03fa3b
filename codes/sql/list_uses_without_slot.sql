-- Names of uses and holds under a limit per customer that take no slot: that customer could use the
-- code too often.
SELECT x.scope, x.scope_id, x.code_use_id
FROM (
  SELECT 'code' AS scope, u.brand_id, u.code_id AS scope_id, u.code_use_id, u.customer
  FROM (SELECT brand_id, code_id, code_use_id, state, keeps_use, customer
        FROM code_uses WHERE customer <> ''
        UNION ALL
        SELECT brand_id, code_id, code_use_id, state, keeps_use, customer_email
        FROM code_uses WHERE customer_email <> '') u
  JOIN codes c ON c.brand_id = u.brand_id AND c.code_id = u.code_id
  WHERE c.uses_per_customer_max IS NOT NULL
    AND (u.state IN ('redeemed', 'held') OR u.keeps_use = 1)
  UNION ALL
  SELECT 'campaign', u.brand_id, u.campaign_id, u.code_use_id, u.customer
  FROM (SELECT brand_id, campaign_id, code_use_id, state, keeps_use, customer
        FROM code_uses WHERE customer <> ''
        UNION ALL
        SELECT brand_id, campaign_id, code_use_id, state, keeps_use, customer_email
        FROM code_uses WHERE customer_email <> '') u
  JOIN campaign_code_limits s ON s.brand_id = u.brand_id AND s.campaign_id = u.campaign_id
  WHERE s.uses_per_customer_max IS NOT NULL
    AND (u.state IN ('redeemed', 'held') OR u.keeps_use = 1)) x
LEFT JOIN code_limit_slots n
  ON n.brand_id = x.brand_id AND n.scope = x.scope AND n.scope_id = x.scope_id
     AND n.customer = x.customer AND n.code_use_id = x.code_use_id
WHERE n.slot IS NULL
ORDER BY x.scope, x.code_use_id
LIMIT 1000

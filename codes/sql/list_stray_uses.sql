-- Uses and counters of codes that are not there, and uses of another campaign than their code's.
SELECT s.what, s.brand_id, s.code_id, s.code_use_id
FROM (SELECT 'use' AS what, u.brand_id, u.code_id, u.code_use_id
      FROM code_uses u
      WHERE NOT EXISTS (SELECT 1
                        FROM codes c
                        JOIN deals d ON d.brand_id = c.brand_id AND d.deal_id = c.deal_id
                        WHERE c.brand_id = u.brand_id AND c.code_id = u.code_id
                          AND d.campaign_id = u.campaign_id)
      UNION ALL
      SELECT 'counter', n.brand_id, n.scope_id, 0
      FROM code_limit_counters n
      WHERE n.scope = 'code'
        AND NOT EXISTS (SELECT 1 FROM codes c
                        WHERE c.brand_id = n.brand_id AND c.code_id = n.scope_id)) s
ORDER BY s.what, s.brand_id, s.code_id, s.code_use_id
LIMIT 1000

-- Uses and counters of codes that are not there.
SELECT s.what, s.brand_id, s.code_id, s.code_use_id
FROM (SELECT 'use' AS what, u.brand_id, u.code_id, u.code_use_id
      FROM code_uses u
      WHERE NOT EXISTS (SELECT 1 FROM codes c
                        WHERE c.brand_id = u.brand_id AND c.code_id = u.code_id)
      UNION ALL
      SELECT 'counter', n.brand_id, n.code_id, 0
      FROM code_counters n
      WHERE NOT EXISTS (SELECT 1 FROM codes c
                        WHERE c.brand_id = n.brand_id AND c.code_id = n.code_id)) s
ORDER BY s.what, s.brand_id, s.code_id, s.code_use_id
LIMIT 1000

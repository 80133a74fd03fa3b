-- Rows whose order, refund or credit is not there.
SELECT s.what, s.brand_id, s.order_id, s.refund_id, s.credit_id
FROM (SELECT 'line' AS what, l.brand_id, l.order_id, 0 AS refund_id, 0 AS credit_id
      FROM order_lines l
      WHERE NOT EXISTS (SELECT 1 FROM orders o
                        WHERE o.brand_id = l.brand_id AND o.order_id = l.order_id)
      UNION ALL
      SELECT 'touchpoint', t.brand_id, t.order_id, 0, 0
      FROM touchpoints t
      WHERE NOT EXISTS (SELECT 1 FROM orders o
                        WHERE o.brand_id = t.brand_id AND o.order_id = t.order_id)
      UNION ALL
      SELECT 'credit', c.brand_id, c.order_id, 0, c.credit_id
      FROM credits c
      WHERE NOT EXISTS (SELECT 1 FROM orders o
                        WHERE o.brand_id = c.brand_id AND o.order_id = c.order_id)
      UNION ALL
      SELECT 'refund', r.brand_id, r.order_id, r.refund_id, 0
      FROM refunds r
      WHERE NOT EXISTS (SELECT 1 FROM orders o
                        WHERE o.brand_id = r.brand_id AND o.order_id = r.order_id)
      UNION ALL
      SELECT 'refund line', l.brand_id, 0, l.refund_id, 0
      FROM refund_lines l
      WHERE NOT EXISTS (SELECT 1 FROM refunds r
                        WHERE r.brand_id = l.brand_id AND r.refund_id = l.refund_id)
      UNION ALL
      SELECT 'effect', e.brand_id, e.order_id, 0, 0
      FROM order_effects e
      WHERE NOT EXISTS (SELECT 1 FROM orders o
                        WHERE o.brand_id = e.brand_id AND o.order_id = e.order_id)
      UNION ALL
      SELECT 'line of an effect', l.brand_id, l.order_id, 0, 0
      FROM order_effect_lines l
      WHERE NOT EXISTS (SELECT 1 FROM order_effects e
                        WHERE e.brand_id = l.brand_id AND e.order_id = l.order_id
                          AND e.kind = l.kind AND e.effect_ref = l.effect_ref)
      UNION ALL
      SELECT 'part of a refund', p.brand_id, 0, p.refund_id, p.credit_id
      FROM credit_refunds p
      WHERE NOT EXISTS (SELECT 1 FROM refunds r
                        JOIN credits c ON c.brand_id = r.brand_id AND c.order_id = r.order_id
                        WHERE r.brand_id = p.brand_id AND r.refund_id = p.refund_id
                          AND c.credit_id = p.credit_id)) s
ORDER BY s.what, s.brand_id, s.order_id, s.refund_id, s.credit_id
LIMIT 1000

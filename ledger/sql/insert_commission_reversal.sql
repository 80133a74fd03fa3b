INSERT INTO commission_reversals (brand_id, commission_id, reason, after_refund, reversed_at,
                                  reversed_by)
SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), $3,
       CAST(COALESCE((SELECT MAX(s.refund_id)
                      FROM commissions AS c
                      JOIN credit_refunds AS s
                        ON s.brand_id = c.brand_id AND s.credit_id = c.credit_id
                      WHERE c.brand_id = $1 AND c.commission_id = $2), 0) AS BIGINT),
       CAST($4 AS BIGINT), $5
ON CONFLICT (brand_id, commission_id) DO NOTHING

-- Unless one stands.
INSERT INTO held_commissions (brand_id, commission_id, hold_id, reason, placed_at, placed_by)
SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), $4, CAST($5 AS BIGINT), $6
WHERE NOT EXISTS (SELECT 1
                  FROM held_commissions AS h
                  WHERE h.brand_id = $1 AND h.commission_id = $2
                    AND NOT EXISTS (SELECT 1 FROM commission_hold_releases AS e
                                    WHERE e.brand_id = h.brand_id AND e.hold_id = h.hold_id))

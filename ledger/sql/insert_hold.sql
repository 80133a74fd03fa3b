-- Unless a hold stands that reaches as far back.
INSERT INTO commission_holds (brand_id, hold_id, code_id, held_from, reason, placed_at, placed_by)
SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), $5,
       CAST($6 AS BIGINT), $7
WHERE NOT EXISTS (SELECT 1
                  FROM commission_holds AS h
                  WHERE h.brand_id = $1 AND h.code_id = $3 AND h.held_from <= $4
                    AND NOT EXISTS (SELECT 1 FROM commission_hold_releases AS e
                                    WHERE e.brand_id = h.brand_id AND e.hold_id = h.hold_id))

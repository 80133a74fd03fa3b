-- Of every hold of this one commission that stands.
INSERT INTO commission_hold_releases (brand_id, hold_id, released_at, released_by)
SELECT h.brand_id, h.hold_id, CAST($3 AS BIGINT), $4
FROM held_commissions AS h
WHERE h.brand_id = $1 AND h.commission_id = $2
  AND NOT EXISTS (SELECT 1 FROM commission_hold_releases AS e
                  WHERE e.brand_id = h.brand_id AND e.hold_id = h.hold_id)
ON CONFLICT (brand_id, hold_id) DO NOTHING

-- The standing one that reaches furthest back.
SELECT h.held_from, h.reason, h.placed_at
FROM commission_holds AS h
WHERE h.brand_id = $1 AND h.code_id = $2
  AND NOT EXISTS (SELECT 1 FROM commission_hold_releases AS e
                  WHERE e.brand_id = h.brand_id AND e.hold_id = h.hold_id)
ORDER BY h.held_from, h.hold_id
LIMIT 1

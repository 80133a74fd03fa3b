-- The starts of rollups of one span that a brand has clicks in, [first, end).
SELECT COALESCE(MIN(start), 0), COALESCE(MAX(start) + 1, 0)
FROM click_rollups_by
WHERE brand_id = $1 AND dimension = 0 AND span = $2

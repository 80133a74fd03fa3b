-- The newest day a brand has clicks on.
SELECT MAX(start) FROM click_rollups_by WHERE brand_id = $1 AND dimension = 0 AND span = 2

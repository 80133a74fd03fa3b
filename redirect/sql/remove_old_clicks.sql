-- Some of the clicks before the boundary, oldest first.
DELETE FROM clicks
WHERE click_id IN (SELECT click_id FROM clicks WHERE click_id < $1 ORDER BY click_id LIMIT $2)

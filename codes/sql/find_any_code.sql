-- Some code of the brand, always the same one while no code is added before it.
SELECT folded FROM codes WHERE brand_id = $1 ORDER BY code_id LIMIT 1

DELETE FROM click_rollups
WHERE brand_id = $1 AND span = $2 AND start = $3 AND link_id = $4 AND verdict = $5 AND clicks = 0

DELETE FROM click_rollups_by
WHERE brand_id = $1 AND span = $2 AND start = $3 AND dimension = $4 AND value = $5 AND verdict = $6
  AND clicks = 0

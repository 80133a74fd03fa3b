DELETE FROM click_rollups_by
WHERE (brand_id, dimension, span, start, value, verdict) IN (
  SELECT brand_id, dimension, span, start, value, verdict FROM click_rollups_by
  WHERE dimension = 0 AND span = 1 AND start < $1
  ORDER BY brand_id, dimension, span, start, value, verdict LIMIT $2)

-- Hours that are no longer kept, some at a time.
DELETE FROM click_rollups
WHERE (brand_id, span, start, link_id, verdict) IN (
  SELECT brand_id, span, start, link_id, verdict FROM click_rollups
  WHERE span = 1 AND start < $1 ORDER BY brand_id, span, start, link_id, verdict LIMIT $2)

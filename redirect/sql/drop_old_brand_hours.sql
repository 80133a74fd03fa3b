-- As drop_old_hours, over all links.
WITH RECURSIVE brands (brand_id) AS (
  SELECT MIN(brand_id) FROM click_rollups_by
  UNION ALL
  SELECT (SELECT MIN(brand_id) FROM click_rollups_by WHERE brand_id > b.brand_id)
  FROM brands AS b WHERE b.brand_id IS NOT NULL
)
DELETE FROM click_rollups_by
WHERE (brand_id, dimension, span, start, value, verdict) IN (
  SELECT r.brand_id, r.dimension, r.span, r.start, r.value, r.verdict
  FROM brands AS b
  CROSS JOIN click_rollups_by AS r ON r.brand_id = b.brand_id AND r.dimension = 0 AND r.span = 1
    AND r.start < $1
  ORDER BY r.brand_id, r.dimension, r.span, r.start, r.value, r.verdict
  LIMIT $2)

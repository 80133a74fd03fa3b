-- Hours that are no longer kept, some at a time. Brand by brand, because a key begins with it.
WITH RECURSIVE brands (brand_id) AS (
  SELECT MIN(brand_id) FROM click_rollups
  UNION ALL
  SELECT (SELECT MIN(brand_id) FROM click_rollups WHERE brand_id > b.brand_id)
  FROM brands AS b WHERE b.brand_id IS NOT NULL
)
DELETE FROM click_rollups
WHERE (brand_id, span, start, link_id, verdict) IN (
  SELECT r.brand_id, r.span, r.start, r.link_id, r.verdict
  FROM brands AS b
  CROSS JOIN click_rollups AS r ON r.brand_id = b.brand_id AND r.span = 1
    AND r.start < $1
  ORDER BY r.brand_id, r.span, r.start, r.link_id, r.verdict
  LIMIT $2)

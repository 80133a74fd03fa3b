-- One link's, or those of all links together (0).
WITH RECURSIVE starts (start) AS (
  SELECT $3 WHERE $3 < $4
  UNION ALL
  SELECT start + 1 FROM starts WHERE start + 1 < $4
)
SELECT v.link_id, v.start, v.sketch
FROM starts AS s
CROSS JOIN click_visitors AS v ON v.brand_id = $1 AND v.span = $2 AND v.start = s.start
  AND v.link_id = $5
ORDER BY v.start
LIMIT $6

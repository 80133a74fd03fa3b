-- One link's; looked up start by start, because the rollups of a day lie side by side.
WITH RECURSIVE starts (start) AS (
  SELECT $3 WHERE $3 < $4
  UNION ALL
  SELECT start + 1 FROM starts WHERE start + 1 < $4
)
SELECT r.link_id, r.verdict, r.clicks, r.unnamed, r.start
FROM starts AS s
CROSS JOIN click_rollups AS r ON r.brand_id = $1 AND r.span = $2 AND r.start = s.start
  AND r.link_id = $5
ORDER BY r.start, r.verdict
LIMIT $6

-- Clicks of whole days by link and verdict.
SELECT link_id, verdict, CAST(SUM(clicks) AS BIGINT)
FROM click_rollups
WHERE brand_id = $1 AND day >= $2 AND day < $3
GROUP BY link_id, verdict
ORDER BY link_id, verdict
LIMIT $4

-- Clicks of all of a brand's links in a range of rollups, link by link.
SELECT link_id, verdict, CAST(SUM(clicks) AS BIGINT), CAST(SUM(unnamed) AS BIGINT), MIN(start)
FROM click_rollups
WHERE brand_id = $1 AND span = $2 AND start >= $3 AND start < $4
GROUP BY link_id, verdict
ORDER BY link_id, verdict
LIMIT $5

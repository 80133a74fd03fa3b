-- Clicks of all links together, by the words of a dimension; dimension 0 has the one value 0.
SELECT value, verdict, clicks, unnamed, start
FROM click_rollups_by
WHERE brand_id = $1 AND dimension = $2 AND span = $3 AND start >= $4 AND start < $5
ORDER BY start, value, verdict
LIMIT $6

SELECT at, reach, impressions, likes, comments, shares, saves
FROM post_metrics
WHERE brand_id = $1 AND post_id = $2 AND at > $3 AND at <= $4
ORDER BY at
LIMIT $5

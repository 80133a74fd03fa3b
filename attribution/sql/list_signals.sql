-- part: signal
WHERE brand_id = $1 AND (CAST($2 AS BIGINT) = 0 OR influencer_id = $2) AND ($3 = '' OR signal = $3)
  AND ($4 = '' OR ($4 = 'open' AND decision IS NULL) OR ($4 = 'decided' AND decision IS NOT NULL))
  AND signal_id > $5
ORDER BY signal_id
LIMIT $6

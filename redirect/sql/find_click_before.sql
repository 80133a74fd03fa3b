-- The last click before one, not before $2, of its link and visitor with one of three verdicts.
SELECT click_id
FROM clicks
WHERE click_id < $1 AND click_id >= $2 AND link = $3 AND visitor = $4 AND verdict IN ($5, $6, $7)
ORDER BY click_id DESC
LIMIT 1

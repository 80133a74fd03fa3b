-- part: signal
WHERE brand_id = $1 AND commission_id = $2
ORDER BY signal_id
LIMIT 100

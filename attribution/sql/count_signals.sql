SELECT influencer_id, signal, COUNT(*), CAST(SUM(is_held) AS BIGINT),
       CAST(SUM(CASE WHEN decision IS NULL THEN 1 ELSE 0 END) AS BIGINT),
       CAST(SUM(CASE WHEN decision = 'reversed' THEN 1 ELSE 0 END) AS BIGINT)
FROM commission_signals
WHERE brand_id = $1
GROUP BY influencer_id, signal
ORDER BY influencer_id, signal
LIMIT $2

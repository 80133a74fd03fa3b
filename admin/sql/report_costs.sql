-- Entered costs; a cost of a whole campaign has no deal. By quarter of an hour, of which every time
-- zone's day is made.
SELECT x.currency, CAST(SUM(x.amount_minor) AS BIGINT), x.campaign_id, x.deal_id, x.at / 900000000
FROM costs AS x
LEFT JOIN deals AS d ON d.brand_id = x.brand_id AND d.deal_id = x.deal_id
WHERE x.brand_id = $1 AND x.at >= $2 AND x.at < $3 AND x.archived_at IS NULL
  AND (CAST($4 AS BIGINT) = 0 OR x.campaign_id = $4)
  AND (CAST($5 AS BIGINT) = 0 OR d.influencer_id = $5)
GROUP BY x.currency, x.campaign_id, x.deal_id, x.at / 900000000
ORDER BY x.at / 900000000, x.campaign_id, x.deal_id, x.currency
LIMIT $6

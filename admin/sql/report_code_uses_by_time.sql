-- By quarter of an hour, of which every time zone's day is made.
SELECT u.currency, COUNT(*), CAST(0 AS BIGINT), u.at / 900000000
FROM code_uses AS u
JOIN codes AS c ON c.brand_id = u.brand_id AND c.code_id = u.code_id
JOIN deals AS d ON d.brand_id = c.brand_id AND d.deal_id = c.deal_id
WHERE u.brand_id = $1 AND u.at >= $2 AND u.at < $3 AND u.state = 'redeemed'
  AND (CAST($4 AS BIGINT) = 0 OR d.campaign_id = $4)
  AND (CAST($5 AS BIGINT) = 0 OR d.influencer_id = $5)
GROUP BY u.currency, u.at / 900000000
ORDER BY u.at / 900000000, u.currency
LIMIT $6

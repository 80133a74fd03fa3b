SELECT u.currency, COUNT(*), CAST(0 AS BIGINT), c.deal_id, NULL,
       CASE WHEN CAST($7 AS BIGINT) = 2 THEN u.code_id END
FROM code_uses AS u
JOIN codes AS c ON c.brand_id = u.brand_id AND c.code_id = u.code_id
JOIN deals AS d ON d.brand_id = c.brand_id AND d.deal_id = c.deal_id
WHERE u.brand_id = $1 AND u.at >= $2 AND u.at < $3 AND u.state = 'redeemed'
  AND (CAST($4 AS BIGINT) = 0 OR d.campaign_id = $4)
  AND (CAST($5 AS BIGINT) = 0 OR d.influencer_id = $5)
GROUP BY 1, 4, 6
ORDER BY 4, 6, 1
LIMIT $6

-- What refunds took from credits, dated by the refund.
SELECT c.currency, CAST(COALESCE(SUM(s.base_minor), 0) AS BIGINT), CAST(0 AS BIGINT),
       c.deal_id, CASE WHEN CAST($7 AS BIGINT) = 1 THEN c.link_id END,
       CASE WHEN CAST($7 AS BIGINT) = 2 THEN c.code_id END
FROM refunds AS f
JOIN credit_refunds AS s ON s.brand_id = f.brand_id AND s.refund_id = f.refund_id
JOIN credits AS c ON c.brand_id = s.brand_id AND c.credit_id = s.credit_id
WHERE f.brand_id = $1 AND f.placed_at >= $2 AND f.placed_at < $3
  AND (CAST($4 AS BIGINT) = 0 OR c.campaign_id = $4)
  AND (CAST($5 AS BIGINT) = 0 OR c.influencer_id = $5)
GROUP BY 1, 4, 5, 6
ORDER BY 4, 5, 6, 1
LIMIT $6

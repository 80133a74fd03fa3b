-- Distinct credited orders, the new customers' among them, and those that a click led to: credited
-- to one, or with a click of the same deal beside the code that won.
SELECT c.currency, COUNT(DISTINCT c.order_id),
       COUNT(DISTINCT CASE WHEN o.customer_is_new = 1 THEN c.order_id END),
       COUNT(DISTINCT CASE WHEN c.via = 'click' OR EXISTS (
         SELECT 1
         FROM touchpoints AS t
         WHERE t.brand_id = c.brand_id AND t.order_id = c.order_id AND t.deal_id = c.deal_id
           AND t.click_id IS NOT NULL AND t.outcome IN ('credited', 'code_won', 'no_share'))
         THEN c.order_id END),
       c.placed_at / 900000000
FROM credits AS c
JOIN orders AS o ON o.brand_id = c.brand_id AND o.order_id = c.order_id
WHERE c.brand_id = $1 AND c.placed_at >= $2 AND c.placed_at < $3
  AND (CAST($4 AS BIGINT) = 0 OR c.campaign_id = $4)
  AND (CAST($5 AS BIGINT) = 0 OR c.influencer_id = $5)
GROUP BY c.currency, c.placed_at / 900000000
ORDER BY c.placed_at / 900000000, c.currency
LIMIT $6

-- Orders credited to several influencers, one row per order and influencer, with the flags of
-- report_orders: what a group of influencers must not count twice.
SELECT c.currency, c.order_id, MAX(CASE WHEN o.customer_is_new = 1 THEN 1 ELSE 0 END),
       MAX(CASE WHEN c.via = 'click' OR EXISTS (
         SELECT 1
         FROM touchpoints AS t
         WHERE t.brand_id = c.brand_id AND t.order_id = c.order_id AND t.deal_id = c.deal_id
           AND t.click_id IS NOT NULL AND t.outcome IN ('credited', 'code_won', 'no_share'))
         THEN 1 ELSE 0 END),
       c.influencer_id
FROM credits AS c
JOIN orders AS o ON o.brand_id = c.brand_id AND o.order_id = c.order_id
WHERE c.brand_id = $1 AND c.placed_at >= $2 AND c.placed_at < $3
  AND (CAST($4 AS BIGINT) = 0 OR c.campaign_id = $4)
  AND (CAST($5 AS BIGINT) = 0 OR c.influencer_id = $5)
  AND EXISTS (SELECT 1
              FROM credits AS other
              WHERE other.brand_id = c.brand_id AND other.order_id = c.order_id
                AND other.influencer_id <> c.influencer_id)
GROUP BY c.currency, c.order_id, c.influencer_id
ORDER BY c.order_id, c.influencer_id, c.currency
LIMIT $6

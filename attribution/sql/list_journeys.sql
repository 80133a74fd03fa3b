-- Orders as they were placed, with every touch that took part (took_part() of outcome.hpp); one
-- that nobody touched is a row without a touch. ($3, $4): the order they come after.
SELECT o.placed_at, o.order_id, o.currency, o.base_minor, t.kind, t.influencer_id, t.campaign_id,
       t.touched_at, t.click_id, t.gave_code
FROM (SELECT order_id, placed_at, currency, base_minor
      FROM orders
      WHERE brand_id = $1 AND placed_at >= $2 AND (placed_at > $3 OR order_id > $4)
        AND placed_at >= $3 AND placed_at < $5 AND is_test = 0
      ORDER BY placed_at, order_id
      LIMIT $6) AS o
LEFT JOIN touchpoints AS t
  ON t.brand_id = $1 AND t.order_id = o.order_id
  AND t.outcome IN ('credited', 'code_won', 'click_won', 'second_code', 'no_share')
ORDER BY o.placed_at, o.order_id, t.position
LIMIT $7

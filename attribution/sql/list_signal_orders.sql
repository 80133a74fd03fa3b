-- Credits of the window, newest first, each with its influencer's newest click of the order.
SELECT c.credit_id, m.commission_id, c.order_id, c.influencer_id, c.deal_id, c.placed_at,
       c.lookback_days, o.customer, o.customer_email, o.customer_is_new,
       (SELECT MAX(t.touched_at)
        FROM touchpoints AS t
        WHERE t.brand_id = c.brand_id AND t.order_id = c.order_id
          AND t.influencer_id = c.influencer_id AND t.kind = 'click'
          AND t.outcome IN ('credited', 'code_won', 'no_share')),
       (SELECT MAX(t.click_id)
        FROM touchpoints AS t
        WHERE t.brand_id = c.brand_id AND t.order_id = c.order_id
          AND t.influencer_id = c.influencer_id AND t.kind = 'click'
          AND t.outcome IN ('credited', 'code_won', 'no_share'))
FROM credits AS c
JOIN orders AS o ON o.brand_id = c.brand_id AND o.order_id = c.order_id
JOIN commissions AS m ON m.brand_id = c.brand_id AND m.credit_id = c.credit_id
WHERE c.brand_id = $1 AND c.placed_at >= $2 AND c.placed_at <= $3
  AND (c.placed_at, c.credit_id) < ($3, $4)
ORDER BY c.placed_at DESC, c.credit_id DESC
LIMIT $5

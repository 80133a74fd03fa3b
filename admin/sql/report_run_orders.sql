-- Orders that name a click of the link from that time, the newest click first; what they are worth
-- after refunds. A click that is not genuine, is named twice or came after the order is no visit
-- that led to it.
SELECT o.order_id, t.click_id, o.currency, o.base_minor,
       CAST(COALESCE((SELECT SUM(f.base_minor)
                      FROM refunds AS f
                      WHERE f.brand_id = o.brand_id AND f.order_id = o.order_id), 0) AS BIGINT)
FROM touchpoints AS t
JOIN orders AS o ON o.brand_id = t.brand_id AND o.order_id = t.order_id
WHERE t.brand_id = $1 AND t.link_id = $2 AND t.touched_at >= $3 AND t.touched_at < $4
  AND t.click_id IS NOT NULL AND o.is_test = 0
  AND t.outcome NOT IN ('same_touch', 'after_order', 'expired')
ORDER BY o.order_id, t.touched_at DESC, t.click_id DESC
LIMIT $5

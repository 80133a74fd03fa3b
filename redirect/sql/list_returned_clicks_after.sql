-- Clicks whose token came back with an order.
SELECT brand_id, order_id, position, click_id
FROM touchpoints
WHERE (brand_id, order_id, position) > ($1, $2, $3) AND click_id IS NOT NULL
ORDER BY brand_id, order_id, position
LIMIT $4

-- Clicks whose token came back with an order of their own brand: others have no link in it.
SELECT brand_id, order_id, position, click_id
FROM touchpoints
WHERE (brand_id, order_id, position) > ($1, $2, $3) AND click_id IS NOT NULL
  AND link_id IS NOT NULL
ORDER BY brand_id, order_id, position
LIMIT $4

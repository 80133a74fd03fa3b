SELECT line_id, sku, product_id, category_ids, quantity, unit_price_minor, discount_minor,
       tax_minor, base_minor
FROM order_lines
WHERE brand_id = $1 AND order_id = $2
ORDER BY position
LIMIT 10000

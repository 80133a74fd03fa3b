INSERT INTO order_lines (brand_id, order_id, position, line_id, sku, product_id, category_ids,
                         quantity, unit_price_minor, discount_minor, tax_minor, base_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

INSERT INTO refund_lines (brand_id, refund_id, line_id, quantity, base_minor)
VALUES ($1, $2, $3, $4, $5)

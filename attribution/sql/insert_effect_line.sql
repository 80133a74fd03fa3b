INSERT INTO order_effect_lines (brand_id, order_id, kind, effect_ref, position, line_id,
                                quantity, amount_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

SELECT kind, effect_ref, line_id, quantity, amount_minor
FROM order_effect_lines
WHERE brand_id = $1 AND order_id = $2
ORDER BY kind, effect_ref, position
LIMIT 100000

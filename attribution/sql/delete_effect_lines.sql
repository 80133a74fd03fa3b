DELETE FROM order_effect_lines
WHERE brand_id = $1 AND order_id = $2 AND kind = $3 AND effect_ref = $4

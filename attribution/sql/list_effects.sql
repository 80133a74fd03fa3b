SELECT kind, effect_ref, integration_id, stated_at, stated_minor, whole_minor, amount_minor
FROM order_effects
WHERE brand_id = $1 AND order_id = $2
ORDER BY kind, effect_ref
LIMIT 10000

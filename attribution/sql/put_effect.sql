INSERT INTO order_effects (brand_id, order_id, kind, effect_ref, integration_id, stated_at,
                           stated_minor, whole_minor, amount_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (brand_id, order_id, kind, effect_ref) DO UPDATE
SET integration_id = excluded.integration_id, stated_at = excluded.stated_at,
    stated_minor = excluded.stated_minor, whole_minor = excluded.whole_minor,
    amount_minor = excluded.amount_minor

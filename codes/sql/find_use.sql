SELECT code_use_id, state, currency, discount_minor, allocations, cart_sha256, subtotal_minor
FROM code_uses
WHERE brand_id = $1 AND order_ref = $2 AND code_id = $3

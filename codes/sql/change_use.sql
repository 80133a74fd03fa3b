-- From one state ($3) to another, by whoever comes first.
UPDATE code_uses
SET state = $4, customer = $5, currency = $6, subtotal_minor = $7, discount_minor = $8,
    allocations = $9, cart_sha256 = $10, at = $11, expires_at = $12, is_late = $13
WHERE brand_id = $1 AND code_use_id = $2 AND state = $3

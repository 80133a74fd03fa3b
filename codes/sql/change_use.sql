-- From one state ($3) to another, by whoever comes first.
UPDATE code_uses
SET state = $4, customer = $5, customer_email = $6, currency = $7, subtotal_minor = $8,
    discount_minor = $9, allocations = $10, cart_sha256 = $11, at = $12, expires_at = $13,
    is_late = $14
WHERE brand_id = $1 AND code_use_id = $2 AND state = $3

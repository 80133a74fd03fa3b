-- The one place where a use comes to be. Of two calls with the same order the second waits for the
-- first and then changes nothing: they want the same code, or the same position.
INSERT INTO code_uses (brand_id, code_use_id, code_id, campaign_id, order_ref, state, customer,
                       customer_email, currency, subtotal_minor, discount_minor, allocations,
                       cart_sha256, at, expires_at, is_late, order_position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT DO NOTHING

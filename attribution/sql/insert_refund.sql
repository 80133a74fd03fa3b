INSERT INTO refunds (brand_id, refund_id, order_id, refund_ref, placed_at, base_minor, reason,
                     body_sha256, booked_at, kind)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

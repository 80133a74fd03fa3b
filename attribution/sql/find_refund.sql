SELECT refund_id, placed_at, base_minor, reason, body_sha256
FROM refunds
WHERE brand_id = $1 AND order_id = $2 AND refund_ref = $3

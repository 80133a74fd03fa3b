SELECT refund_id, refund_ref, placed_at, base_minor, reason, kind
FROM refunds
WHERE brand_id = $1 AND order_id = $2
ORDER BY refund_id
LIMIT 10000

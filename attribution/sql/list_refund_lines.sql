SELECT l.refund_id, l.line_id, l.quantity, l.base_minor
FROM refund_lines l
JOIN refunds r ON r.brand_id = l.brand_id AND r.refund_id = l.refund_id
WHERE r.brand_id = $1 AND r.order_id = $2
ORDER BY l.refund_id, l.line_id
LIMIT 100000

SELECT l.line_id, CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT), CAST(SUM(l.base_minor) AS BIGINT)
FROM refund_lines l
JOIN refunds r ON r.brand_id = l.brand_id AND r.refund_id = l.refund_id
WHERE r.brand_id = $1 AND r.order_id = $2
GROUP BY l.line_id
ORDER BY l.line_id
LIMIT 10000

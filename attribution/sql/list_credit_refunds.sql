SELECT f.credit_id, f.refund_id, f.base_minor
FROM credit_refunds f
JOIN credits c ON c.brand_id = f.brand_id AND c.credit_id = f.credit_id
WHERE c.brand_id = $1 AND c.order_id = $2
ORDER BY f.refund_id, f.credit_id
LIMIT 100000

-- The condition on the commission alone is implied by the pair; it is what an index can serve.
SELECT c.commission_id, s.refund_id, s.base_minor, f.placed_at
FROM commissions AS c
JOIN credit_refunds AS s ON s.brand_id = c.brand_id AND s.credit_id = c.credit_id
JOIN refunds AS f ON f.brand_id = s.brand_id AND f.refund_id = s.refund_id
WHERE c.brand_id = $1 AND c.commission_id >= $2 AND (c.commission_id, s.refund_id) > ($2, $3)
ORDER BY c.commission_id, s.refund_id
LIMIT $4

-- part: commission
WHERE c.brand_id = $1 AND c.order_id = $2
ORDER BY c.commission_id
LIMIT $3

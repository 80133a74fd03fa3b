SELECT u.code_use_id, c.code, u.order_ref, u.state, u.currency, u.subtotal_minor, u.discount_minor,
  u.at
FROM code_uses AS u
JOIN codes AS c ON c.brand_id = u.brand_id AND c.code_id = u.code_id
WHERE u.brand_id = $1 AND (u.customer = $2 OR u.customer_email = $2) AND u.code_use_id > $3
ORDER BY u.code_use_id
LIMIT $4

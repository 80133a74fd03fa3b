SELECT r.credit_id
FROM credits AS r
WHERE r.brand_id = $1 AND r.credit_id > $2
  AND NOT EXISTS (SELECT 1 FROM commissions AS c
                  WHERE c.brand_id = r.brand_id AND c.credit_id = r.credit_id)
ORDER BY r.credit_id
LIMIT $3

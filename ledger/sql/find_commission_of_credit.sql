-- part: commission
WHERE c.brand_id = $1 AND c.credit_id = $2

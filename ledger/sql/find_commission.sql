-- part: commission
WHERE c.brand_id = $1 AND c.commission_id = $2

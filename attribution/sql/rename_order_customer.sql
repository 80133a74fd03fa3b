UPDATE orders
SET customer = CASE WHEN customer = $2 THEN $3 ELSE customer END,
    customer_email = CASE WHEN customer_email = $2 THEN $3 ELSE customer_email END
WHERE brand_id = $1 AND (customer = $2 OR customer_email = $2)

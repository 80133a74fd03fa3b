INSERT INTO credit_refunds (brand_id, credit_id, refund_id, base_minor)
VALUES ($1, $2, $3, $4)

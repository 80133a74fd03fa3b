INSERT INTO code_customer_slots (brand_id, code_id, customer, slot, code_use_id)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (brand_id, code_id, customer, slot) DO NOTHING

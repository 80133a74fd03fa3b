INSERT INTO code_limit_slots (brand_id, scope, scope_id, customer, slot, code_use_id)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (brand_id, scope, scope_id, customer, slot) DO NOTHING

-- FOR UPDATE: whoever uses the code has committed before, or sees the edit (see hold_code).
SELECT version FROM codes WHERE brand_id = $1 AND code_id = $2 FOR UPDATE

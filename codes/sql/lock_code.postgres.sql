-- FOR UPDATE: two edits one after the other, and no use in between (see hold_code).
SELECT version FROM codes WHERE brand_id = $1 AND code_id = $2 FOR UPDATE

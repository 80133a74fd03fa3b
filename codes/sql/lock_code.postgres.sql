-- NO KEY: two edits one after the other; who uses the code does not wait, and may still use it as
-- it was before.
SELECT version FROM codes WHERE brand_id = $1 AND code_id = $2 FOR NO KEY UPDATE

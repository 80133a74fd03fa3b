-- Reads a code whose terms and shared limits must not change before the transaction ends. SQLite
-- has one writer at a time, so there is nothing to add.
-- part: code
WHERE c.brand_id = $1 AND c.folded = $2

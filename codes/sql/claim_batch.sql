-- Whoever goes on with a batch says how far it had come when they looked; of two servers the second
-- finds that it is no longer so. Another server's ids may be greater than ours ($4).
UPDATE code_batches
SET last_code_id = CASE WHEN last_code_id < $4 THEN CAST($4 AS BIGINT) ELSE last_code_id END
WHERE brand_id = $1 AND batch_id = $2 AND codes_made = $3 AND state = 'making'

-- $3 a deal or 0 = all; $4 whether archived ones are wanted too, 0 or 1.
-- part: code
WHERE c.brand_id = $1 AND c.code_id > $2 AND (CAST($3 AS BIGINT) = 0 OR c.deal_id = $3)
  AND (CAST($4 AS BIGINT) = 1 OR c.archived_at IS NULL)
ORDER BY c.code_id
LIMIT $5

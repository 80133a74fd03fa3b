UPDATE code_batches
SET codes_made = codes_made + $3,
    state = CASE WHEN codes_made + $3 = codes_wanted THEN 'done' ELSE state END,
    done_at = CASE WHEN codes_made + $3 = codes_wanted THEN CAST($4 AS BIGINT) END
WHERE brand_id = $1 AND batch_id = $2

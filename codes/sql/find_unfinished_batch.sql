-- The oldest first, of whatever brand.
SELECT brand_id, batch_id, deal_id, state, codes_wanted, codes_made, prefix, suffix, random_length,
       last_code_id, created_at, done_at, uses_max, budget_minor
FROM code_batches
WHERE state <> 'done'
ORDER BY batch_id
LIMIT 1

-- Batches that count other than the codes they have, or are done too early.
SELECT b.brand_id, b.batch_id, b.state, b.codes_wanted, b.codes_made, COALESCE(c.there, 0)
FROM code_batches b
LEFT JOIN (SELECT brand_id, batch_id, COUNT(*) AS there
           FROM codes
           WHERE batch_id IS NOT NULL
           GROUP BY brand_id, batch_id) c
  ON c.brand_id = b.brand_id AND c.batch_id = b.batch_id
WHERE b.codes_made <> COALESCE(c.there, 0)
   OR (b.state = 'done') <> (b.codes_made = b.codes_wanted)
ORDER BY b.brand_id, b.batch_id
LIMIT 1000

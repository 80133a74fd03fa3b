-- Named codes that a new code would not be compared with.
SELECT c.brand_id, c.code_id
FROM codes c
LEFT JOIN (SELECT DISTINCT brand_id, code_id FROM code_looks) k
  ON k.brand_id = c.brand_id AND k.code_id = c.code_id
WHERE c.batch_id IS NULL AND c.click_id IS NULL AND k.code_id IS NULL
ORDER BY c.brand_id, c.code_id
LIMIT 1000

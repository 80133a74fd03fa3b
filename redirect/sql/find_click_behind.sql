-- The next click behind one, not behind $2, of its link and visitor with one of three verdicts.
SELECT c.click_id, c.verdict, COALESCE(w.word, '') AS rule
FROM clicks AS c
LEFT JOIN click_words AS w ON w.word_id = c.rule
WHERE c.click_id > $1 AND c.click_id <= $2 AND c.link = $3 AND c.visitor = $4
  AND c.verdict IN ($5, $6, $7)
ORDER BY c.click_id
LIMIT 1

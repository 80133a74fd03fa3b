-- As report_run_visitors, by country.
SELECT COALESCE(w.word, ''), c.flags & 131072, COUNT(*), COUNT(DISTINCT c.visitor)
FROM clicks AS c
LEFT JOIN click_profiles AS p ON p.number = c.profile
LEFT JOIN click_words AS w ON w.word_id = p.country
WHERE c.link = (SELECT l.number FROM click_links AS l WHERE l.link_id = $2 AND l.brand_id = $1)
  AND (c.flags & 65536) <> 0 AND c.click_id >= $3 AND c.click_id < $4
  AND (c.flags >> 18) = $5 AND c.verdict = 0
GROUP BY 1, 2
ORDER BY 1, 2
LIMIT 1000

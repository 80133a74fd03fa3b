SELECT c.click_id, l.link_id, c.verdict, COALESCE(w.word, '') AS rule, c.visitor, c.flags
FROM clicks AS c
JOIN click_links AS l ON l.number = c.link
LEFT JOIN click_words AS w ON w.word_id = c.rule
WHERE c.click_id > $1
ORDER BY c.click_id
LIMIT $2

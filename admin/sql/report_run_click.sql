SELECT c.flags, c.verdict, c.visitor, COALESCE(w.word, '')
FROM clicks AS c
LEFT JOIN click_profiles AS p ON p.number = c.profile
LEFT JOIN click_words AS w ON w.word_id = p.country
WHERE c.click_id = $1

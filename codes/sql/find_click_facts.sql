-- In the click file: where a click came from. NULL for what is not known of it.
SELECT r.word, k.word, c.network
FROM clicks AS c
LEFT JOIN click_words AS r ON r.word_id = c.referrer
LEFT JOIN click_profiles AS p ON p.number = c.profile
LEFT JOIN click_words AS k ON k.word_id = p.country
WHERE c.click_id = $1

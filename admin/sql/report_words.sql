SELECT word_id, word FROM click_words WHERE kind = $1 ORDER BY word_id LIMIT $2

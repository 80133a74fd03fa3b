SELECT word_id FROM click_words WHERE kind = $1 AND word = $2

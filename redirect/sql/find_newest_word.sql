SELECT COALESCE(MAX(word_id), 0) FROM click_words

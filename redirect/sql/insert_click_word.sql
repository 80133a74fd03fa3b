INSERT INTO click_words (word_id, kind, word) VALUES ($1, $2, $3)

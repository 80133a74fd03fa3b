INSERT INTO click_words (word_id, kind, word)
VALUES ((SELECT COALESCE(MAX(word_id), 0) + 1 FROM click_words), $1, $2)

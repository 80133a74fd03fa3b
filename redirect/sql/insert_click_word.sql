INSERT INTO click_words (word_id, kind, word, used_on)
VALUES ((SELECT COALESCE(MAX(word_id), 0) + 1 FROM click_words), $1, $2, $3)

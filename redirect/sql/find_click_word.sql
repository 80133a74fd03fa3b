SELECT word_id, used_on FROM click_words WHERE kind = $1 AND word = $2

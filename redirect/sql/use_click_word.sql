UPDATE click_words SET used_on = $2 WHERE word_id = $1

-- Of the words behind $1 up to $2. Only what no rollup tells apart: referrer (6), utm (8), subs (9)
-- and rule (10); every other word is the `value` of rollups, which stay.
DELETE FROM click_words
WHERE word_id > $1 AND word_id <= $2 AND used_on < $3 AND kind IN (6, 8, 9, 10)

DELETE FROM click_profiles WHERE number > $1 AND number <= $2 AND used_on < $3

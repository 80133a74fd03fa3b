UPDATE click_profiles SET used_on = $2 WHERE number = $1

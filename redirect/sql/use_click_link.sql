UPDATE click_links SET used_on = $2 WHERE number = $1

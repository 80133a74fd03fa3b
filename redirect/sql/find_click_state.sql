SELECT value FROM click_state WHERE name = $1

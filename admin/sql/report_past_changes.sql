SELECT value FROM click_state WHERE name = 'past_changes'

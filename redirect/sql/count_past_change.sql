UPDATE click_state SET value = value + 1 WHERE name = 'past_changes'

DELETE FROM click_epochs WHERE first_click_id >= $1

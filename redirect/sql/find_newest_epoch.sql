SELECT rules_version FROM click_epochs ORDER BY first_click_id DESC LIMIT 1

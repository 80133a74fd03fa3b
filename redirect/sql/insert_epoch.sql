INSERT INTO click_epochs (first_click_id, rules_version) VALUES ($1, $2)

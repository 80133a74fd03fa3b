-- By which rules clicks before an id were judged, the newest first.
SELECT first_click_id, rules_version FROM click_epochs
WHERE first_click_id < $1 ORDER BY first_click_id DESC LIMIT 20

-- Clicks before this id are removed; 0 = all are kept.
SELECT value FROM click_state WHERE name = 'clicks_from'

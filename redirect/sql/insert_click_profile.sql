INSERT INTO click_profiles (number, device, os, browser, app, country, language, used_on)
VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM click_profiles), $1, $2, $3, $4, $5, $6, $7)

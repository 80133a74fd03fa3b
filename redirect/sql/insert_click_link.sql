INSERT INTO click_links (number, brand_id, link_id, used_on)
VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM click_links), $1, $2, $3)

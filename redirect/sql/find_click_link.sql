SELECT number, used_on FROM click_links WHERE link_id = $1 AND brand_id = $2

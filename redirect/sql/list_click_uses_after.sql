SELECT link_id, clicks FROM click_uses WHERE link_id > $1 ORDER BY link_id LIMIT $2

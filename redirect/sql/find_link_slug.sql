SELECT slug FROM links WHERE link_id = $1

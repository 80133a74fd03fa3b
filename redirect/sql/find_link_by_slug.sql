SELECT link_id, destination FROM links WHERE brand_id = $1 AND domain = $2 AND slug = $3

SELECT click_id, brand_id, link_id, verdict FROM clicks
WHERE click_id > $1 ORDER BY click_id LIMIT $2

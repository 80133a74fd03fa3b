SELECT COALESCE(MAX(click_id), 0) FROM clicks

INSERT INTO click_uses (link_id, clicks) VALUES ($1, $2)
ON CONFLICT (link_id) DO UPDATE SET clicks = click_uses.clicks + excluded.clicks

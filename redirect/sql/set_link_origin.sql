UPDATE links SET created_at = $3, is_enabled = $4 WHERE brand_id = $1 AND link_id = $2

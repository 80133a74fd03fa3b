SELECT deal_id FROM links WHERE brand_id = $1 AND link_id = $2

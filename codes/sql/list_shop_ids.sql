SELECT shop_id FROM code_shop_ids WHERE brand_id = $1 AND code_id = $2 ORDER BY shop_id LIMIT 20

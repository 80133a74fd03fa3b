DELETE FROM code_shop_ids WHERE brand_id = $1 AND code_id = $2

INSERT INTO code_shop_ids (brand_id, shop_id, code_id) VALUES ($1, $2, $3)
ON CONFLICT (brand_id, shop_id) DO NOTHING

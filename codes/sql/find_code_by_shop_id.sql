SELECT c.folded
FROM code_shop_ids AS s
JOIN codes AS c ON c.brand_id = s.brand_id AND c.code_id = s.code_id
WHERE s.brand_id = $1 AND s.shop_id = $2

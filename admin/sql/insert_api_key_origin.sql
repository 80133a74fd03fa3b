INSERT INTO api_key_origins (brand_id, key_id, origin)
VALUES ($1, $2, $3)

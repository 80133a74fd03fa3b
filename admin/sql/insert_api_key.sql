INSERT INTO api_keys (brand_id, key_id, public_id, secret_sha256, role, influencer_id, note,
                      created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

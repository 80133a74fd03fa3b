INSERT INTO influencer_handles (brand_id, influencer_id, position, platform, handle, followers)
VALUES ($1, $2, $3, $4, $5, $6)

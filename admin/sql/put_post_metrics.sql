INSERT INTO post_metrics (brand_id, post_id, at, reach, impressions, likes, comments, shares, saves)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (brand_id, post_id, at) DO UPDATE
SET reach = excluded.reach, impressions = excluded.impressions, likes = excluded.likes,
    comments = excluded.comments, shares = excluded.shares, saves = excluded.saves

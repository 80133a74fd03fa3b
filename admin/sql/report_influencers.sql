-- The platform is that of the first handle, the followers those of the largest.
SELECT i.influencer_id, i.name, i.country,
       (SELECT h.platform
        FROM influencer_handles AS h
        WHERE h.brand_id = i.brand_id AND h.influencer_id = i.influencer_id
        ORDER BY h.position
        LIMIT 1),
       (SELECT MAX(h.followers)
        FROM influencer_handles AS h
        WHERE h.brand_id = i.brand_id AND h.influencer_id = i.influencer_id)
FROM influencers AS i
WHERE i.brand_id = $1
ORDER BY i.influencer_id
LIMIT $2

-- Of the influencers numbered $2 … $3; $4 is 1 to see archived ones too.
SELECT h.influencer_id, h.platform, h.handle, h.followers
FROM influencer_handles h
WHERE h.brand_id = $1 AND h.influencer_id >= $2 AND h.influencer_id <= $3
  AND EXISTS (
    SELECT 1
    FROM influencers i
    WHERE i.brand_id = h.brand_id AND i.influencer_id = h.influencer_id
      AND (i.archived_at IS NULL OR CAST($4 AS BIGINT) = 1))
ORDER BY h.influencer_id, h.position
LIMIT $5

-- Whose codes an open deal's are, and what that influencer is called.
SELECT d.influencer_id, COALESCE(i.name, '')
FROM deals d
LEFT JOIN influencers i ON i.brand_id = d.brand_id AND i.influencer_id = d.influencer_id
WHERE d.brand_id = $1 AND d.deal_id = $2 AND d.archived_at IS NULL

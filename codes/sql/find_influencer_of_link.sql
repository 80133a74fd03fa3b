SELECT d.influencer_id
FROM links l JOIN deals d ON d.brand_id = l.brand_id AND d.deal_id = l.deal_id
WHERE l.brand_id = $1 AND l.link_id = $2

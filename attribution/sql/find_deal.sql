-- With the influencer's own address, by which own purchases are known.
SELECT d.influencer_id, d.campaign_id, d.starts_at, d.ends_at, d.archived_at,
       c.precedence, c.model, c.lookback_days, c.code_share_ppm, c.half_life_days,
       c.click_to_order_min_s, c.existing_customers, c.version, i.email
FROM deals d
JOIN campaigns c ON c.brand_id = d.brand_id AND c.campaign_id = d.campaign_id
LEFT JOIN influencers i ON i.brand_id = d.brand_id AND i.influencer_id = d.influencer_id
WHERE d.brand_id = $1 AND d.deal_id = $2

SELECT d.archived_at, c.landing_url, c.utm FROM deals d
JOIN campaigns c ON c.brand_id = d.brand_id AND c.campaign_id = d.campaign_id
WHERE d.brand_id = $1 AND d.deal_id = $2

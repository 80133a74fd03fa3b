-- A code as codes/stored_code.cpp reads it, with its deal, its campaign and their shared limits.
SELECT c.code_id, c.deal_id, d.influencer_id, d.campaign_id, c.code, c.folded, c.discount_kind,
       c.rate_ppm, c.amount_minor, c.currency, c.starts_at, c.ends_at, c.is_enabled,
       c.subtotal_min_minor, c.uses_max, c.uses_per_customer_max, c.budget_minor, c.version,
       c.created_at, c.archived_at, c.rules, i.email, k.currency, s.uses_max,
       s.uses_per_customer_max, s.budget_minor, d.archived_at, c.closed_until, s.closed_until
FROM codes c
JOIN deals d ON d.brand_id = c.brand_id AND d.deal_id = c.deal_id
JOIN campaigns k ON k.brand_id = d.brand_id AND k.campaign_id = d.campaign_id
LEFT JOIN influencers i ON i.brand_id = d.brand_id AND i.influencer_id = d.influencer_id
JOIN campaign_code_limits s ON s.brand_id = d.brand_id AND s.campaign_id = d.campaign_id

SELECT k.currency, s.uses_max, s.uses_per_customer_max, s.budget_minor, COALESCE(s.version, 0)
FROM campaigns k
LEFT JOIN campaign_code_limits s ON s.brand_id = k.brand_id AND s.campaign_id = k.campaign_id
WHERE k.brand_id = $1 AND k.campaign_id = $2

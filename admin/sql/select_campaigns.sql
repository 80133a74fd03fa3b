-- $2 and $3 bound the numbers, $4 is 1 to see archived ones too.
SELECT campaign_id, version, archived_at, name, currency, starts_on, ends_on, landing_url, utm,
       budget_minor, goals, precedence, model, lookback_days, partners, created_at,
       code_share_ppm, half_life_days, click_to_order_min_s, existing_customers
FROM campaigns
WHERE brand_id = $1 AND campaign_id > $2 AND campaign_id <= $3
  AND (archived_at IS NULL OR CAST($4 AS BIGINT) = 1)
ORDER BY campaign_id
LIMIT $5

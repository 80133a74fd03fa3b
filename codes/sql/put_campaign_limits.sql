INSERT INTO campaign_code_limits (brand_id, campaign_id, uses_max, uses_per_customer_max,
                                  budget_minor, changed_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (brand_id, campaign_id) DO UPDATE
SET uses_max = excluded.uses_max, uses_per_customer_max = excluded.uses_per_customer_max,
    budget_minor = excluded.budget_minor, version = campaign_code_limits.version + 1,
    changed_at = excluded.changed_at

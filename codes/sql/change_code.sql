UPDATE codes
SET starts_at = $3, ends_at = $4, is_enabled = $5, subtotal_min_minor = $6, uses_max = $7,
    uses_per_customer_max = $8, budget_minor = $9, rules = $10, version = version + 1
WHERE brand_id = $1 AND code_id = $2

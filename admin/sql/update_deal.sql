UPDATE deals
SET fixed_fee_minor = $4, gifts = $5, gift_cost_minor = $6, hold_days = $7, starts_at = $8,
    ends_at = $9, version = version + 1
WHERE brand_id = $1 AND deal_id = $2 AND version = $3

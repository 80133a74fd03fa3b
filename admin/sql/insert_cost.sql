INSERT INTO costs (brand_id, cost_id, campaign_id, deal_id, kind, amount_minor, currency, at, note,
                   created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

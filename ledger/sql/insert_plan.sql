INSERT INTO deal_plans (brand_id, deal_id, plan_version, effective_from, kind, terms)
VALUES ($1, $2, $3, $4, $5, $6)

SELECT c.commission_id, c.credit_id, c.order_id, c.influencer_id, c.deal_id, c.campaign_id,
       c.currency, c.base_minor, c.plan_version, c.plan_kind, c.plan_terms, c.booked_at,
       c.release_at,
       CAST(COALESCE((SELECT SUM(CASE WHEN p.posting_id LIKE 'com/%' THEN p.amount_minor ELSE 0 END)
                      FROM postings AS p
                      WHERE p.brand_id = c.brand_id AND p.commission_id = c.commission_id), 0)
            AS BIGINT),
       CAST(COALESCE((SELECT SUM(CASE WHEN p.from_account = 'commission_expense' THEN p.amount_minor
                                      WHEN p.to_account = 'commission_expense' THEN -p.amount_minor
                                      ELSE 0 END)
                      FROM postings AS p
                      WHERE p.brand_id = c.brand_id AND p.commission_id = c.commission_id), 0)
            AS BIGINT)
FROM commissions AS c
WHERE c.brand_id = $1 AND c.credit_id = $2

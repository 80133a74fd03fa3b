-- A commission as ledger/commissions.cpp reads it: amounts by its postings, and why it is held.
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
            AS BIGINT),
       COALESCE(
         (SELECT h.reason
          FROM held_commissions AS h
          WHERE h.brand_id = c.brand_id AND h.commission_id = c.commission_id
            AND NOT EXISTS (SELECT 1 FROM commission_hold_releases AS e
                            WHERE e.brand_id = h.brand_id AND e.hold_id = h.hold_id)
          ORDER BY h.hold_id
          LIMIT 1),
         (SELECT h.reason
          FROM credits AS k
          JOIN commission_holds AS h ON h.brand_id = k.brand_id AND h.code_id = k.code_id
          WHERE k.brand_id = c.brand_id AND k.credit_id = c.credit_id AND k.via = 'code'
            AND k.placed_at >= h.held_from
            AND NOT EXISTS (SELECT 1 FROM commission_hold_releases AS e
                            WHERE e.brand_id = h.brand_id AND e.hold_id = h.hold_id)
          ORDER BY h.hold_id
          LIMIT 1))
FROM commissions AS c

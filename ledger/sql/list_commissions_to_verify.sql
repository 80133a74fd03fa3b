SELECT c.commission_id, c.credit_id, c.order_id, c.influencer_id, c.deal_id, c.campaign_id,
       c.currency, c.base_minor, c.plan_version, c.plan_kind, c.plan_terms, c.release_at,
       r.order_id, r.influencer_id, r.deal_id, r.campaign_id, r.currency, r.base_minor, r.placed_at,
       d.kind, d.terms, v.after_refund, v.reversed_at
FROM commissions AS c
LEFT JOIN credits AS r ON r.brand_id = c.brand_id AND r.credit_id = c.credit_id
LEFT JOIN deal_plans AS d
       ON d.brand_id = c.brand_id AND d.deal_id = c.deal_id AND d.plan_version = c.plan_version
LEFT JOIN commission_reversals AS v
       ON v.brand_id = c.brand_id AND v.commission_id = c.commission_id
WHERE c.brand_id = $1 AND c.commission_id > $2
ORDER BY c.commission_id
LIMIT $3

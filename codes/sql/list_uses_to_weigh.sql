-- Uses of a period, once for each click of the code's influencer that the use's order names and
-- that could take part in attribution, once without if there is none. A use that was taken back
-- counts: somebody had the code.
SELECT u.code_use_id, u.code_id, u.at, u.currency, u.discount_minor, o.placed_at, t.click_id,
       t.touched_at
FROM code_uses AS u
JOIN codes AS c ON c.brand_id = u.brand_id AND c.code_id = u.code_id
JOIN deals AS d ON d.brand_id = c.brand_id AND d.deal_id = c.deal_id
LEFT JOIN orders AS o ON o.brand_id = u.brand_id AND o.order_ref = u.order_ref
LEFT JOIN touchpoints AS t
       ON t.brand_id = o.brand_id AND t.order_id = o.order_id AND t.kind = 'click'
      AND t.influencer_id = d.influencer_id
      AND t.outcome IN ('credited', 'code_won', 'no_share')
WHERE u.brand_id = $1 AND u.at >= $2 AND u.at < $3
  AND u.state IN ('redeemed', 'over_limit', 'rolled_back')
ORDER BY u.at, u.code_use_id, t.position
LIMIT $4

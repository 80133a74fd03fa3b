-- What the journal says commissions cost: booked less taken back, dated by the posting.
SELECT p.currency,
       CAST(COALESCE(SUM(CASE WHEN p.from_account = 'commission_expense' THEN p.amount_minor
                              WHEN p.to_account = 'commission_expense' THEN -p.amount_minor
                              ELSE 0 END), 0) AS BIGINT),
       CAST(0 AS BIGINT),
       c.deal_id, CASE WHEN CAST($7 AS BIGINT) = 1 THEN c.link_id END,
       CASE WHEN CAST($7 AS BIGINT) = 2 THEN c.code_id END
FROM postings AS p
JOIN commissions AS m ON m.brand_id = p.brand_id AND m.commission_id = p.commission_id
JOIN credits AS c ON c.brand_id = m.brand_id AND c.credit_id = m.credit_id
WHERE p.brand_id = $1 AND p.at >= $2 AND p.at < $3
  AND (CAST($4 AS BIGINT) = 0 OR c.campaign_id = $4)
  AND (CAST($5 AS BIGINT) = 0 OR c.influencer_id = $5)
GROUP BY 1, 4, 5, 6
ORDER BY 4, 5, 6, 1
LIMIT $6

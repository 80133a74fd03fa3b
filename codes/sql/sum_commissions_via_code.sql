-- What credits through a code earned, after refunds.
SELECT c.currency,
       CAST(SUM(CASE WHEN p.from_account = 'commission_expense' THEN p.amount_minor
                     WHEN p.to_account = 'commission_expense' THEN -p.amount_minor
                     ELSE 0 END) AS BIGINT)
FROM credits AS k
JOIN commissions AS c ON c.brand_id = k.brand_id AND c.credit_id = k.credit_id
JOIN postings AS p ON p.brand_id = c.brand_id AND p.commission_id = c.commission_id
WHERE k.brand_id = $1 AND k.code_id = $2 AND k.via = 'code' AND k.placed_at >= $3
  AND k.placed_at < $4
GROUP BY c.currency
ORDER BY c.currency
LIMIT 200

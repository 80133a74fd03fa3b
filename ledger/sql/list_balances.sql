SELECT account, currency, CAST(SUM(amount_minor) AS BIGINT)
FROM (SELECT to_account AS account, currency, amount_minor
      FROM postings
      WHERE brand_id = $1
      UNION ALL
      SELECT from_account, currency, -amount_minor
      FROM postings
      WHERE brand_id = $1) AS entries
WHERE (account, currency) > ($2, $3)
GROUP BY account, currency
ORDER BY account, currency
LIMIT $4

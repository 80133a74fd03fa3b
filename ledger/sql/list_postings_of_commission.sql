SELECT posting_id, from_account, to_account, amount_minor, currency, at
FROM postings
WHERE brand_id = $1 AND commission_id = $2
ORDER BY booked_at, posting_id
LIMIT $3

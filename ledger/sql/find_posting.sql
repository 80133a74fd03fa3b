SELECT from_account, amount_minor
FROM postings
WHERE brand_id = $1 AND posting_id = $2

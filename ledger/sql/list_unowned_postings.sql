-- Every posting belongs to a commission; these do not.
SELECT commission_id, posting_id, from_account, to_account, amount_minor, currency, influencer_id,
       deal_id, order_id, at
FROM postings
WHERE brand_id = $1 AND commission_id IS NULL AND posting_id > $2
ORDER BY posting_id
LIMIT $3

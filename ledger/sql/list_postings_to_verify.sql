SELECT commission_id, posting_id, from_account, to_account, amount_minor, currency, influencer_id,
       deal_id, order_id, at
FROM postings
WHERE brand_id = $1 AND (commission_id, posting_id) > ($2, $3)
ORDER BY commission_id, posting_id
LIMIT $4

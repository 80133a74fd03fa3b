-- The id is the cause: a cause that was booked before changes nothing.
INSERT INTO postings (brand_id, posting_id, from_account, to_account, amount_minor, currency,
                      influencer_id, deal_id, order_id, commission_id, at, booked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (brand_id, posting_id) DO NOTHING

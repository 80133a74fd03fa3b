-- By what a shopper typed, folded. Archived codes included.
-- part: code
WHERE c.brand_id = $1 AND c.folded = $2

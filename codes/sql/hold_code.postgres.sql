-- FOR SHARE: redeemers do not wait for each other, but an edit waits for them and they for it.
-- Without it, a code or campaign that gets its first limit could miss uses that are just being
-- written.
-- part: code
WHERE c.brand_id = $1 AND c.folded = $2
FOR SHARE OF c, k

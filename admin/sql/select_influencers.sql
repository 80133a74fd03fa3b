-- $2 and $3 bound the numbers, $4 is 1 to see archived ones too.
SELECT influencer_id, version, archived_at, name, email, country, niche, payout, created_at
FROM influencers
WHERE brand_id = $1 AND influencer_id > $2 AND influencer_id <= $3
  AND (archived_at IS NULL OR CAST($4 AS BIGINT) = 1)
ORDER BY influencer_id
LIMIT $5

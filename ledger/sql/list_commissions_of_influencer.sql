-- part: commission
WHERE c.brand_id = $1 AND c.influencer_id = $2 AND c.commission_id > $3
ORDER BY c.commission_id
LIMIT $4

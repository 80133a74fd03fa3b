SELECT code_id, deal_id, code
FROM codes
WHERE brand_id = $1
ORDER BY code_id
LIMIT $2

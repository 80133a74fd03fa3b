SELECT brand_id
FROM (SELECT brand_id FROM credits
      UNION
      SELECT brand_id FROM commissions
      UNION
      SELECT brand_id FROM postings) AS known
WHERE brand_id > $1
ORDER BY brand_id
LIMIT $2

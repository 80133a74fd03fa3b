-- Revenue and the credit's part of the order's discount, rounded half up (in two steps, so that no
-- product of a large discount overflows).
SELECT c.currency, CAST(COALESCE(SUM(c.base_minor), 0) AS BIGINT),
       CAST(COALESCE(SUM(o.discount_minor / 1000000 * c.weight_ppm
                         + (o.discount_minor % 1000000 * c.weight_ppm + 500000) / 1000000), 0)
            AS BIGINT),
       c.deal_id, CASE WHEN CAST($7 AS BIGINT) = 1 THEN c.link_id END,
       CASE WHEN CAST($7 AS BIGINT) = 2 THEN c.code_id END
FROM credits AS c
JOIN orders AS o ON o.brand_id = c.brand_id AND o.order_id = c.order_id
WHERE c.brand_id = $1 AND c.placed_at >= $2 AND c.placed_at < $3
  AND (CAST($4 AS BIGINT) = 0 OR c.campaign_id = $4)
  AND (CAST($5 AS BIGINT) = 0 OR c.influencer_id = $5)
GROUP BY 1, 4, 5, 6
ORDER BY 4, 5, 6, 1
LIMIT $6

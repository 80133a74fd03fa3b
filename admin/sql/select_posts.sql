-- $2 and $3 bound the numbers, $4 is 1 to see archived ones too, $6 narrows to one deal (0 = any).
SELECT p.post_id, p.version, p.archived_at, p.deal_id, p.platform, p.url, p.planned_at,
       p.published_at, p.created_at, m.at, m.reach, m.impressions, m.likes, m.comments,
       m.shares, m.saves
FROM posts p
LEFT JOIN post_metrics m ON m.brand_id = p.brand_id AND m.post_id = p.post_id
  AND m.at = (
    SELECT MAX(n.at)
    FROM post_metrics n
    WHERE n.brand_id = p.brand_id AND n.post_id = p.post_id)
WHERE p.brand_id = $1 AND p.post_id > $2 AND p.post_id <= $3
  AND (p.archived_at IS NULL OR CAST($4 AS BIGINT) = 1)
  AND (CAST($6 AS BIGINT) = 0 OR p.deal_id = $6)
ORDER BY p.post_id
LIMIT $5

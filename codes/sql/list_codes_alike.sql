-- Codes that are not archived and whose looks have one in common with those of the skeleton $2:
-- every one that looks the same or is a slip away, and some that are two slips away.
WITH RECURSIVE place (look, at) AS (
  SELECT CAST($2 AS TEXT), 0
  UNION ALL
  SELECT look, at + 1 FROM place WHERE at < LENGTH(look)),
wanted (look) AS (
  SELECT DISTINCT CASE WHEN at = 0 THEN look
                       ELSE SUBSTR(look, 1, at - 1) || SUBSTR(look, at + 1) END
  FROM place)
SELECT DISTINCT c.code_id, c.code, c.folded, d.influencer_id, c.is_enabled, c.starts_at, c.ends_at
FROM wanted w
JOIN code_looks k ON k.brand_id = $1 AND k.look = w.look
JOIN codes c ON c.brand_id = k.brand_id AND c.code_id = k.code_id
JOIN deals d ON d.brand_id = c.brand_id AND d.deal_id = c.deal_id
WHERE c.archived_at IS NULL
ORDER BY c.code_id
LIMIT 10000

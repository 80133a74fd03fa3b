-- Runs of the holdout of a link ($2), or of the links of a campaign ($3): this version, or the
-- newest of each link.
SELECT r.link_id, l.slug, r.version, r.settings, r.starts_at, r.ends_at, r.stopped_at,
       l.archived_at
FROM holdout_runs AS r
JOIN links AS l ON l.brand_id = r.brand_id AND l.link_id = r.link_id
JOIN deals AS d ON d.brand_id = l.brand_id AND d.deal_id = l.deal_id
WHERE r.brand_id = $1
  AND (CAST($2 AS BIGINT) = 0 OR r.link_id = $2)
  AND (CAST($3 AS BIGINT) = 0 OR d.campaign_id = $3)
  AND (r.version = $4
       OR (CAST($4 AS BIGINT) = 0
           AND NOT EXISTS (SELECT 1
                           FROM holdout_runs AS newer
                           WHERE newer.brand_id = r.brand_id AND newer.link_id = r.link_id
                             AND newer.version > r.version)))
ORDER BY r.link_id
LIMIT $5

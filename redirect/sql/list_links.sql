SELECT link_id, deal_id, domain, slug, destination, utm, utm_locked, status, is_enabled, version,
  created_at, changed_at, archived_at, rules
FROM links WHERE brand_id = $1 AND link_id > $2
  AND (CAST($3 AS BIGINT) = 0 OR deal_id = $3) AND archived_at IS NULL
ORDER BY link_id LIMIT $4

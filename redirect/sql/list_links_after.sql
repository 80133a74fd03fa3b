-- Every brand's links, archived ones included: they answer with their brand's fallback.
SELECT brand_id, link_id, domain, slug, destination, utm, utm_locked, status, is_enabled,
  CASE WHEN archived_at IS NULL THEN 0 ELSE 1 END, rules
FROM links WHERE (brand_id, link_id) > ($1, $2) ORDER BY brand_id, link_id LIMIT $3

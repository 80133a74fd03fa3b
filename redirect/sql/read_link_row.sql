-- One link, with the columns of list_links_after.
SELECT brand_id, link_id, domain, slug, destination, utm, utm_locked, status, is_enabled,
  CASE WHEN archived_at IS NULL THEN 0 ELSE 1 END, rules
FROM links WHERE brand_id = $1 AND link_id = $2

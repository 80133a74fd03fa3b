-- The link of a domain and slug, with the columns of list_links_after.
SELECT brand_id, link_id, domain, slug, destination, utm, utm_locked, status, is_enabled,
  CASE WHEN archived_at IS NULL THEN 0 ELSE 1 END, rules
FROM links WHERE domain = $1 AND slug = $2

SELECT link_id, deal_id, domain, slug, destination, utm, utm_locked, status, is_enabled, version,
  created_at, changed_at, archived_at, rules
FROM links WHERE brand_id = $1 AND link_id = $2

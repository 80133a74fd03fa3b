INSERT INTO links (brand_id, link_id, deal_id, domain, slug, destination, utm, utm_locked, status,
  rules, created_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
ON CONFLICT (domain, slug) DO NOTHING

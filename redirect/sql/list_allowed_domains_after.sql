SELECT brand_id, domain FROM allowed_domains
WHERE (brand_id, domain) > ($1, CAST($2 AS TEXT)) ORDER BY brand_id, domain LIMIT $3

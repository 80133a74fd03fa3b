INSERT INTO allowed_domains (brand_id, domain)
VALUES ($1, $2)

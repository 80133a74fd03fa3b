-- Whether another brand has links on this domain already.
SELECT brand_id FROM links WHERE domain = $1 AND brand_id <> $2 ORDER BY brand_id LIMIT 1

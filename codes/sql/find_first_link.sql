SELECT domain, slug
FROM links
WHERE brand_id = $1 AND deal_id = $2 AND is_enabled = 1 AND archived_at IS NULL
ORDER BY link_id
LIMIT 1

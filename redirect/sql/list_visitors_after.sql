SELECT brand_id, span, start, link_id, sketch FROM click_visitors
WHERE (brand_id, span, start, link_id) > ($1, $2, $3, $4)
ORDER BY brand_id, span, start, link_id LIMIT $5

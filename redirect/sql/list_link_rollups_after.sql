SELECT brand_id, span, start, link_id, verdict, clicks, unnamed FROM click_rollups
WHERE (brand_id, span, start, link_id, verdict) > ($1, $2, $3, $4, $5)
ORDER BY brand_id, span, start, link_id, verdict LIMIT $6

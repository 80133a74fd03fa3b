SELECT brand_id, day, link_id, verdict, clicks FROM click_rollups
WHERE (brand_id, day, link_id, verdict) > ($1, $2, $3, $4)
ORDER BY brand_id, day, link_id, verdict LIMIT $5

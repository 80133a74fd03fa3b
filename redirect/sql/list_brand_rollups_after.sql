SELECT brand_id, dimension, span, start, value, verdict, clicks, unnamed FROM click_rollups_by
WHERE (brand_id, dimension, span, start, value, verdict) > ($1, $2, $3, $4, $5, $6)
ORDER BY brand_id, dimension, span, start, value, verdict LIMIT $7

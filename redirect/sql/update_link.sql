UPDATE links SET destination = $4, utm = $5, utm_locked = $6, status = $7, is_enabled = $8,
  rules = $9, version = version + 1, changed_at = $10
WHERE brand_id = $1 AND link_id = $2 AND version = $3 AND archived_at IS NULL

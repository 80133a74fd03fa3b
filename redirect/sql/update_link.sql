UPDATE links SET destination = $4, utm = $5, utm_locked = $6, status = $7, is_enabled = $8,
  version = version + 1, changed_at = $9
WHERE brand_id = $1 AND link_id = $2 AND version = $3 AND archived_at IS NULL

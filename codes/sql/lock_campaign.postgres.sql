-- FOR UPDATE: no use of its codes in between (see hold_code).
SELECT campaign_id FROM campaigns WHERE brand_id = $1 AND campaign_id = $2 FOR UPDATE

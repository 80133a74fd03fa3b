UPDATE links
SET archived_at = $3, changed_at = $3, version = version + 1
WHERE brand_id = $1 AND archived_at IS NULL AND deal_id IN (
  SELECT deal_id FROM deals WHERE brand_id = $1 AND influencer_id = $2)

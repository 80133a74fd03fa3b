-- The currency a new code's limits are in, unless its discount names one. An archived deal gets no
-- new codes.
SELECT c.currency
FROM deals d JOIN campaigns c ON c.brand_id = d.brand_id AND c.campaign_id = d.campaign_id
WHERE d.brand_id = $1 AND d.deal_id = $2 AND d.archived_at IS NULL

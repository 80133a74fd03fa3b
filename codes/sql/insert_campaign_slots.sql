-- As insert_code_slots, over all codes of a campaign.
INSERT INTO code_limit_slots (brand_id, scope, scope_id, customer, slot, code_use_id)
SELECT brand_id, CAST($2 AS TEXT), CAST($3 AS BIGINT), customer,
       ROW_NUMBER() OVER (PARTITION BY customer ORDER BY code_use_id) - 1, code_use_id
FROM code_uses
WHERE brand_id = $1 AND campaign_id = $3 AND customer <> ''
  AND (state IN ('redeemed', 'held') OR keeps_use = 1)

-- As insert_code_slots, over all codes of a campaign.
INSERT INTO code_limit_slots (brand_id, scope, scope_id, customer, slot, code_use_id)
SELECT brand_id, CAST($2 AS TEXT), CAST($3 AS BIGINT), customer,
       ROW_NUMBER() OVER (PARTITION BY customer ORDER BY code_use_id) - 1, code_use_id
FROM (SELECT brand_id, code_id, campaign_id, code_use_id, customer
      FROM code_uses
      WHERE customer <> '' AND (state IN ('redeemed', 'held') OR keeps_use = 1)
      UNION ALL
      SELECT brand_id, code_id, campaign_id, code_use_id, customer_email
      FROM code_uses
      WHERE customer_email <> '' AND (state IN ('redeemed', 'held') OR keeps_use = 1)) u
WHERE brand_id = $1 AND campaign_id = $3

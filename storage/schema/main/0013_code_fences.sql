-- Every campaign that has codes has a row here, so that there is one to lock; version 0: never set.
INSERT INTO campaign_code_limits (brand_id, campaign_id, version, changed_at)
SELECT k.brand_id, k.campaign_id, 0, 0
FROM campaigns k
WHERE NOT EXISTS (SELECT 1 FROM campaign_code_limits s
                  WHERE s.brand_id = k.brand_id AND s.campaign_id = k.campaign_id);

-- While it lies ahead, calls that would use the code, or a code of the campaign, come back later:
-- an edit of limits waits for those that are under way (codes/fences.hpp).
ALTER TABLE codes ADD COLUMN closed_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign_code_limits ADD COLUMN closed_until BIGINT NOT NULL DEFAULT 0;

-- Several influencers can share an order: what each touch weighed, and by which settings, is kept
-- with the order, so that a later change of the campaign explains and verifies nothing differently.

ALTER TABLE campaigns ADD COLUMN code_share_ppm BIGINT NOT NULL DEFAULT 500000;
ALTER TABLE campaigns ADD COLUMN half_life_days BIGINT NOT NULL DEFAULT 7;
ALTER TABLE campaigns ADD COLUMN click_to_order_min_s BIGINT NOT NULL DEFAULT 0;
-- "credit", "none" or "first_influencer"
ALTER TABLE campaigns ADD COLUMN existing_customers TEXT NOT NULL DEFAULT 'credit';

-- weight: the exact integer the order's base was split by, 0 without a share. gave_code: 1 on a
-- click from which the shopper took a code of the order.
ALTER TABLE touchpoints ADD COLUMN weight BIGINT NOT NULL DEFAULT 0;
ALTER TABLE touchpoints ADD COLUMN gave_code BIGINT NOT NULL DEFAULT 0;
-- Until now one touch took all of an order.
UPDATE touchpoints SET weight = 1 WHERE outcome = 'credited';

-- The campaign's settings in force. campaign_version 0: booked before they were kept.
ALTER TABLE credits ADD COLUMN lookback_days BIGINT NOT NULL DEFAULT 30;
ALTER TABLE credits ADD COLUMN code_share_ppm BIGINT NOT NULL DEFAULT 500000;
ALTER TABLE credits ADD COLUMN half_life_days BIGINT NOT NULL DEFAULT 7;
ALTER TABLE credits ADD COLUMN click_to_order_min_s BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credits ADD COLUMN existing_customers TEXT NOT NULL DEFAULT 'credit';
ALTER TABLE credits ADD COLUMN campaign_version BIGINT NOT NULL DEFAULT 0;
UPDATE credits SET lookback_days = COALESCE(
  (SELECT c.lookback_days FROM campaigns c
   WHERE c.brand_id = credits.brand_id AND c.campaign_id = credits.campaign_id), 30);

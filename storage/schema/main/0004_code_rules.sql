-- What a code asks of cart, customer and hour besides its limits, as JSON in the fields of the API;
-- '' for the plain code. One column, because a code is read whole and no statement looks inside.
ALTER TABLE codes ADD COLUMN rules TEXT NOT NULL DEFAULT '';

-- Limits that all codes of a campaign share. Amounts are in the campaign's currency.
-- owner: codes
CREATE TABLE campaign_code_limits (
  brand_id BIGINT NOT NULL,
  campaign_id BIGINT NOT NULL,
  uses_max BIGINT,
  uses_per_customer_max BIGINT,
  budget_minor BIGINT,
  version BIGINT NOT NULL DEFAULT 1,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (brand_id, campaign_id)
);

-- Counters of limited codes and campaigns only; what is unlimited has no row and no hot spot. A
-- cache of code_uses, never the other way round. scope is 'code' or 'campaign', scope_id the id of
-- one. Takes the place of code_counters, which knew codes only and no holds.
-- owner: codes
CREATE TABLE code_limit_counters (
  brand_id BIGINT NOT NULL,
  scope TEXT NOT NULL,
  scope_id BIGINT NOT NULL,
  used BIGINT NOT NULL DEFAULT 0,
  spent_minor BIGINT NOT NULL DEFAULT 0,
  held BIGINT NOT NULL DEFAULT 0,
  held_minor BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (brand_id, scope, scope_id)
);
INSERT INTO code_limit_counters (brand_id, scope, scope_id, used, spent_minor)
SELECT brand_id, 'code', code_id, used, spent_minor FROM code_counters;
DROP TABLE code_counters;

-- Takes the place of code_customer_slots in the same way.
-- owner: codes
CREATE TABLE code_limit_slots (
  brand_id BIGINT NOT NULL,
  scope TEXT NOT NULL,
  scope_id BIGINT NOT NULL,
  customer TEXT NOT NULL,
  slot BIGINT NOT NULL,
  code_use_id BIGINT NOT NULL,
  PRIMARY KEY (brand_id, scope, scope_id, customer, slot)
);
CREATE INDEX code_limit_slots_by_use ON code_limit_slots (brand_id, code_use_id);
INSERT INTO code_limit_slots (brand_id, scope, scope_id, customer, slot, code_use_id)
SELECT brand_id, 'code', code_id, customer, slot, code_use_id FROM code_customer_slots;
DROP TABLE code_customer_slots;

-- A use may begin as a hold (expires_at) and end rolled back. keeps_use: rolled back, but the use
-- stays counted. customer_email: the second name a customer goes by, when the shop gave a key too.
-- Held rows alone are indexed by when they run out.
ALTER TABLE code_uses ADD COLUMN campaign_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE code_uses ADD COLUMN customer_email TEXT NOT NULL DEFAULT '';
ALTER TABLE code_uses ADD COLUMN expires_at BIGINT;
ALTER TABLE code_uses ADD COLUMN rolled_back_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE code_uses ADD COLUMN keeps_use BIGINT NOT NULL DEFAULT 0;
ALTER TABLE code_uses ADD COLUMN is_late BIGINT NOT NULL DEFAULT 0;
UPDATE code_uses SET campaign_id = COALESCE((
  SELECT d.campaign_id
  FROM codes c JOIN deals d ON d.brand_id = c.brand_id AND d.deal_id = c.deal_id
  WHERE c.brand_id = code_uses.brand_id AND c.code_id = code_uses.code_id), 0);
CREATE INDEX code_uses_held ON code_uses (brand_id, campaign_id, expires_at) WHERE state = 'held';

-- What was taken back of a use, part by part; rolled_back_minor of the use is their sum.
-- owner: codes
CREATE TABLE code_rollbacks (
  brand_id BIGINT NOT NULL,
  code_use_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  allocations TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (brand_id, code_use_id, position)
);

-- Whether a customer has ordered before, for codes that are for a first order.
CREATE INDEX orders_by_customer ON orders (brand_id, customer) WHERE customer <> '';

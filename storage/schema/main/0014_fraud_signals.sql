-- Signals of fraud on commissions: what was seen, what a brand wants done about it, and commissions
-- that are held one by one or taken back by a person's decision.

-- One commission on hold, beside those of commission_holds; a hold ends by its row in
-- commission_hold_releases. Rows are only added, and no posting changes.
-- owner: ledger
CREATE TABLE held_commissions (
  brand_id BIGINT NOT NULL,
  commission_id BIGINT NOT NULL,
  hold_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  placed_at BIGINT NOT NULL,
  placed_by TEXT NOT NULL,
  PRIMARY KEY (brand_id, commission_id, hold_id)
);

-- What a brand took back for good, by the posting "dec/com_…". after_refund: the newest refund of
-- its credit at that time, 0 without one; what comes later neither takes nor gives.
-- owner: ledger
CREATE TABLE commission_reversals (
  brand_id BIGINT NOT NULL,
  commission_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  after_refund BIGINT NOT NULL,
  reversed_at BIGINT NOT NULL,
  reversed_by TEXT NOT NULL,
  PRIMARY KEY (brand_id, commission_id)
);

-- A signal on a commission is found once, so that it is not held again after its release. evidence:
-- a JSON object of numbers, nothing about a person. decision: "released" or "reversed"; NULL: open.
-- owner: attribution
CREATE TABLE commission_signals (
  brand_id BIGINT NOT NULL,
  signal_id BIGINT NOT NULL,
  commission_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  influencer_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  signal TEXT NOT NULL,
  evidence TEXT NOT NULL,
  is_held BIGINT NOT NULL,
  found_at BIGINT NOT NULL,
  decision TEXT,
  decided_at BIGINT,
  decided_by TEXT,
  decision_reason TEXT,
  PRIMARY KEY (brand_id, signal_id),
  UNIQUE (brand_id, commission_id, signal)
);
CREATE INDEX commission_signals_by_influencer
  ON commission_signals (brand_id, influencer_id, signal);

-- actions: a JSON object of signal → "off", "report" or "hold"; what is not in it has its default.
-- owner: attribution
CREATE TABLE signal_policies (
  brand_id BIGINT NOT NULL PRIMARY KEY,
  actions TEXT NOT NULL,
  click_to_order_floor_s BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);

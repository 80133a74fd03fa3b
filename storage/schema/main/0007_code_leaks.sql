-- Codes that leak to coupon sites and browser extensions: variants that say where, aliases that
-- still attribute, what a brand wants done by itself, what was found, and commissions on hold.

-- A variant has the terms of the code it was made from and one placement ("youtube-description").
-- A code that was rotated gives no discount any more, attributes as before, and names its
-- successor.
ALTER TABLE codes ADD COLUMN variant_of BIGINT;
ALTER TABLE codes ADD COLUMN placement TEXT NOT NULL DEFAULT '';
ALTER TABLE codes ADD COLUMN replaced_by BIGINT;

-- actions: a JSON array of "notify", "pause", "hold_commissions", taken when a leak is found;
-- coupon_hosts: a JSON array of hosts on top of the built-in list. No row: notify, no own hosts.
-- owner: codes
CREATE TABLE leak_policies (
  brand_id BIGINT NOT NULL PRIMARY KEY,
  actions TEXT NOT NULL,
  coupon_hosts TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);

-- The newest leak that was found of a code, so that it is told once; since_on is the brand's day.
-- owner: codes
CREATE TABLE code_leaks (
  brand_id BIGINT NOT NULL,
  code_id BIGINT NOT NULL,
  found_at BIGINT NOT NULL,
  since_on BIGINT NOT NULL,
  PRIMARY KEY (brand_id, code_id)
);

-- Commissions of credits through a code, placed at or after held_from, are not paid while a hold
-- stands, which is until its release is there. Rows are only added, and no posting changes:
-- releasing makes commissions what they would have been.
-- owner: ledger
CREATE TABLE commission_holds (
  brand_id BIGINT NOT NULL,
  hold_id BIGINT NOT NULL,
  code_id BIGINT NOT NULL,
  held_from BIGINT NOT NULL,
  reason TEXT NOT NULL,
  placed_at BIGINT NOT NULL,
  placed_by TEXT NOT NULL,
  PRIMARY KEY (brand_id, hold_id)
);
CREATE INDEX commission_holds_by_code ON commission_holds (brand_id, code_id);

-- owner: ledger
CREATE TABLE commission_hold_releases (
  brand_id BIGINT NOT NULL,
  hold_id BIGINT NOT NULL,
  released_at BIGINT NOT NULL,
  released_by TEXT NOT NULL,
  PRIMARY KEY (brand_id, hold_id)
);

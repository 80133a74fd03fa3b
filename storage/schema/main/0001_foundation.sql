-- The money side. Shared SQL of both engines: BIGINT, TEXT, BYTEA only (SQLite gets INTEGER, TEXT,
-- BLOB and STRICT when this is embedded). Instants are UTC microseconds, money is minor units
-- beside its currency, ids are 64-bit numbers, booleans 0 or 1. brand_id leads every key: a later
-- shard key. The line above a table names the one module that writes it; any module may read.

-- owner: admin
CREATE TABLE brands (
  brand_id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  timezone TEXT NOT NULL,
  fallback_url TEXT,
  margin_ppm BIGINT NOT NULL DEFAULT 1000000,
  created_at BIGINT NOT NULL
);

-- owner: admin
CREATE TABLE allowed_domains (
  brand_id BIGINT NOT NULL,
  domain TEXT NOT NULL,
  PRIMARY KEY (brand_id, domain)
);

-- owner: admin
CREATE TABLE api_keys (
  brand_id BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  public_id TEXT NOT NULL UNIQUE,
  secret_sha256 BYTEA NOT NULL,
  role BIGINT NOT NULL,
  influencer_id BIGINT,
  note TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  revoked_at BIGINT,
  PRIMARY KEY (brand_id, key_id)
);

-- owner: admin
CREATE TABLE influencers (
  brand_id BIGINT NOT NULL,
  influencer_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  country TEXT,
  niche TEXT,
  payout TEXT,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (brand_id, influencer_id)
);

-- owner: admin
CREATE TABLE influencer_handles (
  brand_id BIGINT NOT NULL,
  influencer_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  platform TEXT NOT NULL,
  handle TEXT NOT NULL,
  followers BIGINT,
  PRIMARY KEY (brand_id, influencer_id, position)
);

-- owner: admin
CREATE TABLE campaigns (
  brand_id BIGINT NOT NULL,
  campaign_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  starts_on BIGINT NOT NULL,
  ends_on BIGINT,
  landing_url TEXT NOT NULL,
  utm TEXT NOT NULL DEFAULT '{}',
  budget_minor BIGINT,
  goals TEXT NOT NULL DEFAULT '[]',
  precedence TEXT NOT NULL DEFAULT 'code_first',
  model TEXT NOT NULL DEFAULT 'last_click',
  lookback_days BIGINT NOT NULL DEFAULT 30,
  partners TEXT NOT NULL DEFAULT '[]',
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (brand_id, campaign_id)
);

-- A deal's terms are versioned: a commission is booked with the version in force at the touch, and
-- reversed with the same one, whatever the deal says later.
-- owner: admin
CREATE TABLE deals (
  brand_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  influencer_id BIGINT NOT NULL,
  campaign_id BIGINT NOT NULL,
  fixed_fee_minor BIGINT NOT NULL DEFAULT 0,
  gifts TEXT NOT NULL DEFAULT '[]',
  gift_cost_minor BIGINT NOT NULL DEFAULT 0,
  hold_days BIGINT NOT NULL DEFAULT 30,
  starts_at BIGINT,
  ends_at BIGINT,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (brand_id, deal_id)
);

-- owner: ledger
CREATE TABLE deal_plans (
  brand_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  plan_version BIGINT NOT NULL,
  effective_from BIGINT NOT NULL,
  kind TEXT NOT NULL,
  terms TEXT NOT NULL,
  PRIMARY KEY (brand_id, deal_id, plan_version)
);

-- owner: admin
CREATE TABLE posts (
  brand_id BIGINT NOT NULL,
  post_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  platform TEXT NOT NULL,
  url TEXT,
  planned_at BIGINT,
  published_at BIGINT,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (brand_id, post_id)
);

-- owner: admin
CREATE TABLE post_metrics (
  brand_id BIGINT NOT NULL,
  post_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  reach BIGINT,
  impressions BIGINT,
  likes BIGINT,
  comments BIGINT,
  shares BIGINT,
  saves BIGINT,
  PRIMARY KEY (brand_id, post_id, at)
);

-- owner: admin
CREATE TABLE costs (
  brand_id BIGINT NOT NULL,
  cost_id BIGINT NOT NULL,
  campaign_id BIGINT NOT NULL,
  deal_id BIGINT,
  kind TEXT NOT NULL,
  amount_minor BIGINT NOT NULL,
  currency TEXT NOT NULL,
  at BIGINT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (brand_id, cost_id)
);

-- owner: redirect
CREATE TABLE links (
  brand_id BIGINT NOT NULL,
  link_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  domain TEXT NOT NULL DEFAULT '',
  slug TEXT NOT NULL,
  destination TEXT NOT NULL,
  utm TEXT NOT NULL DEFAULT '{}',
  utm_locked BIGINT NOT NULL DEFAULT 0,
  status BIGINT NOT NULL DEFAULT 302,
  is_enabled BIGINT NOT NULL DEFAULT 1,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (brand_id, link_id),
  UNIQUE (domain, slug)
);

-- owner: codes
CREATE TABLE codes (
  brand_id BIGINT NOT NULL,
  code_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  code TEXT NOT NULL,
  folded TEXT NOT NULL,
  discount_kind TEXT NOT NULL,
  rate_ppm BIGINT,
  amount_minor BIGINT,
  currency TEXT,
  starts_at BIGINT,
  ends_at BIGINT,
  is_enabled BIGINT NOT NULL DEFAULT 1,
  subtotal_min_minor BIGINT,
  uses_max BIGINT,
  uses_per_customer_max BIGINT,
  budget_minor BIGINT,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (brand_id, code_id),
  UNIQUE (brand_id, folded)
);

-- Counters of limited codes only; an unlimited code has no row and no hot spot. A cache of
-- code_uses.
-- owner: codes
CREATE TABLE code_counters (
  brand_id BIGINT NOT NULL,
  code_id BIGINT NOT NULL,
  used BIGINT NOT NULL DEFAULT 0,
  spent_minor BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (brand_id, code_id)
);

-- owner: codes
CREATE TABLE code_customer_slots (
  brand_id BIGINT NOT NULL,
  code_id BIGINT NOT NULL,
  customer TEXT NOT NULL,
  slot BIGINT NOT NULL,
  code_use_id BIGINT NOT NULL,
  PRIMARY KEY (brand_id, code_id, customer, slot)
);

-- The ledger of uses: one row per order and code, for ever.
-- owner: codes
CREATE TABLE code_uses (
  brand_id BIGINT NOT NULL,
  code_use_id BIGINT NOT NULL,
  code_id BIGINT NOT NULL,
  order_ref TEXT NOT NULL,
  state TEXT NOT NULL,
  customer TEXT NOT NULL DEFAULT '',
  currency TEXT NOT NULL,
  subtotal_minor BIGINT NOT NULL,
  discount_minor BIGINT NOT NULL,
  allocations TEXT NOT NULL DEFAULT '[]',
  cart_sha256 TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (brand_id, code_use_id),
  UNIQUE (brand_id, order_ref, code_id)
);
CREATE INDEX code_uses_by_code ON code_uses (brand_id, code_id, at);
CREATE INDEX code_uses_by_time ON code_uses (brand_id, at);

-- owner: attribution
CREATE TABLE orders (
  brand_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  order_ref TEXT NOT NULL,
  source TEXT NOT NULL,
  placed_at BIGINT NOT NULL,
  currency TEXT NOT NULL,
  base_minor BIGINT NOT NULL,
  discount_minor BIGINT NOT NULL,
  shipping_minor BIGINT NOT NULL,
  tax_minor BIGINT NOT NULL,
  is_test BIGINT NOT NULL DEFAULT 0,
  customer TEXT NOT NULL DEFAULT '',
  customer_is_new BIGINT,
  body_sha256 TEXT NOT NULL,
  booked_at BIGINT NOT NULL,
  refunds_version BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (brand_id, order_id),
  UNIQUE (brand_id, order_ref)
);
CREATE INDEX orders_by_time ON orders (brand_id, placed_at);

-- owner: attribution
CREATE TABLE order_lines (
  brand_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  line_id TEXT NOT NULL,
  sku TEXT NOT NULL DEFAULT '',
  product_id TEXT NOT NULL DEFAULT '',
  category_ids TEXT NOT NULL DEFAULT '[]',
  quantity BIGINT NOT NULL,
  unit_price_minor BIGINT NOT NULL,
  discount_minor BIGINT NOT NULL,
  tax_minor BIGINT NOT NULL,
  base_minor BIGINT NOT NULL,
  PRIMARY KEY (brand_id, order_id, position),
  UNIQUE (brand_id, order_id, line_id)
);

-- What was considered when the order was credited: every code and click named by it, with the
-- outcome.
-- owner: attribution
CREATE TABLE touchpoints (
  brand_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT NOT NULL,
  given TEXT NOT NULL,
  code_id BIGINT,
  link_id BIGINT,
  click_id BIGINT,
  deal_id BIGINT,
  influencer_id BIGINT,
  campaign_id BIGINT,
  touched_at BIGINT,
  outcome TEXT NOT NULL,
  PRIMARY KEY (brand_id, order_id, position)
);

-- owner: attribution
CREATE TABLE credits (
  brand_id BIGINT NOT NULL,
  credit_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  influencer_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  campaign_id BIGINT NOT NULL,
  via TEXT NOT NULL,
  code_id BIGINT,
  link_id BIGINT,
  click_id BIGINT,
  weight_ppm BIGINT NOT NULL,
  base_minor BIGINT NOT NULL,
  currency TEXT NOT NULL,
  precedence TEXT NOT NULL,
  model TEXT NOT NULL,
  placed_at BIGINT NOT NULL,
  touched_at BIGINT NOT NULL,
  PRIMARY KEY (brand_id, credit_id)
);
CREATE INDEX credits_by_order ON credits (brand_id, order_id, credit_id);
CREATE INDEX credits_by_time ON credits (brand_id, placed_at);

-- owner: attribution
CREATE TABLE refunds (
  brand_id BIGINT NOT NULL,
  refund_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  refund_ref TEXT NOT NULL,
  placed_at BIGINT NOT NULL,
  base_minor BIGINT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  body_sha256 TEXT NOT NULL,
  booked_at BIGINT NOT NULL,
  PRIMARY KEY (brand_id, refund_id),
  UNIQUE (brand_id, order_id, refund_ref)
);
CREATE INDEX refunds_by_order ON refunds (brand_id, order_id, refund_id);
CREATE INDEX refunds_by_time ON refunds (brand_id, placed_at);

-- owner: attribution
CREATE TABLE refund_lines (
  brand_id BIGINT NOT NULL,
  refund_id BIGINT NOT NULL,
  line_id TEXT NOT NULL,
  quantity BIGINT,
  base_minor BIGINT NOT NULL,
  PRIMARY KEY (brand_id, refund_id, line_id)
);

-- The part of each refund that falls on each credit; sums to the refund over the order's credits.
-- owner: attribution
CREATE TABLE credit_refunds (
  brand_id BIGINT NOT NULL,
  credit_id BIGINT NOT NULL,
  refund_id BIGINT NOT NULL,
  base_minor BIGINT NOT NULL,
  PRIMARY KEY (brand_id, credit_id, refund_id)
);
CREATE INDEX credit_refunds_by_refund ON credit_refunds (brand_id, refund_id, credit_id);

-- owner: attribution
CREATE TABLE integrations (
  brand_id BIGINT NOT NULL,
  integration_id BIGINT NOT NULL UNIQUE,
  platform TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  sealed_secret BYTEA NOT NULL,
  sealed_previous_secret BYTEA,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (brand_id, integration_id)
);

-- Every delivery of a shop, as it came, before anything is made of it.
-- owner: attribution
CREATE TABLE webhook_deliveries (
  brand_id BIGINT NOT NULL,
  integration_id BIGINT NOT NULL,
  delivery_key TEXT NOT NULL,
  topic TEXT NOT NULL,
  body TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (brand_id, integration_id, delivery_key)
);

-- One commission per credit. No amount is stored: it is the sum of the postings that name it. The
-- plan it was booked with is copied here, because reversals use the original rate.
-- owner: ledger
CREATE TABLE commissions (
  brand_id BIGINT NOT NULL,
  commission_id BIGINT NOT NULL,
  credit_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  influencer_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  campaign_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  base_minor BIGINT NOT NULL,
  plan_version BIGINT NOT NULL,
  plan_kind TEXT NOT NULL,
  plan_terms TEXT NOT NULL,
  booked_at BIGINT NOT NULL,
  release_at BIGINT NOT NULL,
  PRIMARY KEY (brand_id, commission_id),
  UNIQUE (brand_id, credit_id)
);
CREATE INDEX commissions_by_order ON commissions (brand_id, order_id, commission_id);
CREATE INDEX commissions_by_influencer ON commissions (brand_id, influencer_id, commission_id);

-- The journal: append-only, double-entry. A posting moves a positive amount from one account to
-- another; its id is its cause ("com/ord_…/crd_…", "rev/ord_…/ref_…/crd_…"), so booking a cause
-- twice does nothing. Accounts: "commission_expense", "pending:inf_…", "payable:inf_…", ….
-- owner: ledger
CREATE TABLE postings (
  brand_id BIGINT NOT NULL,
  posting_id TEXT NOT NULL,
  from_account TEXT NOT NULL,
  to_account TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL,
  influencer_id BIGINT,
  deal_id BIGINT,
  order_id BIGINT,
  commission_id BIGINT,
  at BIGINT NOT NULL,
  booked_at BIGINT NOT NULL,
  PRIMARY KEY (brand_id, posting_id)
);
CREATE INDEX postings_by_commission ON postings (brand_id, commission_id);
CREATE INDEX postings_by_time ON postings (brand_id, at);

-- owner: storage
CREATE TABLE idempotency_keys (
  brand_id BIGINT NOT NULL,
  scope TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status BIGINT NOT NULL,
  media_type TEXT NOT NULL,
  body TEXT NOT NULL,
  headers TEXT NOT NULL DEFAULT '',
  at BIGINT NOT NULL,
  PRIMARY KEY (brand_id, scope, idempotency_key)
);

-- owner: storage
CREATE TABLE audit_events (
  brand_id BIGINT NOT NULL,
  event_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  verb TEXT NOT NULL,
  subject TEXT NOT NULL,
  change TEXT NOT NULL,
  PRIMARY KEY (brand_id, event_id)
);

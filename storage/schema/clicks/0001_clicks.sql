-- The click file: appended by one writer, apart from money, always SQLite. Integers and dictionary
-- ids only; no secondary index on the hot path. click_id rises with time, so a period is a range of
-- ids.

-- owner: redirect
CREATE TABLE clicks (
  click_id BIGINT NOT NULL PRIMARY KEY,
  brand_id BIGINT NOT NULL,
  link_id BIGINT NOT NULL,
  verdict BIGINT NOT NULL,
  rules_version BIGINT NOT NULL,
  visitor BIGINT,
  network BYTEA NOT NULL,
  country BIGINT NOT NULL,
  device BIGINT NOT NULL,
  os BIGINT NOT NULL,
  browser BIGINT NOT NULL,
  app BIGINT NOT NULL,
  referrer BIGINT NOT NULL,
  language BIGINT NOT NULL,
  utm BIGINT NOT NULL,
  subs BIGINT NOT NULL,
  flags BIGINT NOT NULL
);

-- Strings that clicks share, by number; 0 is the empty string and has no row.
-- owner: redirect
CREATE TABLE click_words (
  word_id BIGINT NOT NULL PRIMARY KEY,
  kind BIGINT NOT NULL,
  word TEXT NOT NULL,
  UNIQUE (kind, word)
);

-- Kept in the transaction of the clicks; equal to a recount at any time. `day` is the brand's zone.
-- owner: redirect
CREATE TABLE click_rollups (
  brand_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  link_id BIGINT NOT NULL,
  verdict BIGINT NOT NULL,
  clicks BIGINT NOT NULL,
  PRIMARY KEY (brand_id, day, link_id, verdict)
);

-- Clicks of at most 48 bytes: what clicks share became numbers. The rollups became three levels of
-- one shape and have to be counted anew from the clicks, because a click's day needs its brand's
-- zone, which this file does not know: `rollups_due` in click_state says so.

-- Numbers that are about the file as a whole: 'rollups_due' (1 until the rollups were counted from
-- the clicks), 'hours_from' (rollups by hour are kept from this hour on), 'journal_batch' (the last
-- batch of the journal that was folded into this file).
-- owner: redirect
CREATE TABLE click_state (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);

-- Links by a small number.
-- owner: redirect
CREATE TABLE click_links (
  number BIGINT NOT NULL PRIMARY KEY,
  brand_id BIGINT NOT NULL,
  link_id BIGINT NOT NULL,
  UNIQUE (link_id, brand_id)
);

-- What is said about the device and the place of a visit, by number. Each is a word.
-- owner: redirect
CREATE TABLE click_profiles (
  number BIGINT NOT NULL PRIMARY KEY,
  device BIGINT NOT NULL,
  os BIGINT NOT NULL,
  browser BIGINT NOT NULL,
  app BIGINT NOT NULL,
  country BIGINT NOT NULL,
  language BIGINT NOT NULL,
  UNIQUE (device, os, browser, app, country, language)
);

-- Clicks from this id on, up to the next row's, were judged by this version of the rules.
-- owner: redirect
CREATE TABLE click_epochs (
  first_click_id BIGINT NOT NULL PRIMARY KEY,
  rules_version BIGINT NOT NULL
);

ALTER TABLE clicks RENAME TO clicks_before;
ALTER TABLE click_rollups RENAME TO rollups_before;

-- rule, referrer, utm and subs are words, 0 is the empty one; link and profile are numbers of the
-- tables above; variant is the chosen branch of a split, from 1.
-- owner: redirect
CREATE TABLE clicks (
  click_id BIGINT NOT NULL PRIMARY KEY,
  link BIGINT NOT NULL,
  verdict BIGINT NOT NULL,
  rule BIGINT NOT NULL,
  visitor BIGINT,
  network BYTEA NOT NULL,
  profile BIGINT NOT NULL,
  referrer BIGINT NOT NULL,
  utm BIGINT NOT NULL,
  subs BIGINT NOT NULL,
  flags BIGINT NOT NULL,
  variant BIGINT NOT NULL
);

-- Kept in the transaction of the clicks; equal to a recount at any time. span 1: `start` is an hour
-- (day × 24 + hour of day), 2: a day (since 1970), 3: a month (year × 12 + month − 1); all in the
-- brand's zone. `unnamed` are those of the clicks that have no visitor.
-- owner: redirect
CREATE TABLE click_rollups (
  brand_id BIGINT NOT NULL,
  span BIGINT NOT NULL,
  start BIGINT NOT NULL,
  link_id BIGINT NOT NULL,
  verdict BIGINT NOT NULL,
  clicks BIGINT NOT NULL,
  unnamed BIGINT NOT NULL,
  PRIMARY KEY (brand_id, span, start, link_id, verdict)
);

-- The same over all links of the brand, by what the clicks have in common: dimension 0 counts all
-- of them (value 0), else it is the kind of the word `value`.
-- owner: redirect
CREATE TABLE click_rollups_by (
  brand_id BIGINT NOT NULL,
  span BIGINT NOT NULL,
  start BIGINT NOT NULL,
  dimension BIGINT NOT NULL,
  value BIGINT NOT NULL,
  verdict BIGINT NOT NULL,
  clicks BIGINT NOT NULL,
  unnamed BIGINT NOT NULL,
  PRIMARY KEY (brand_id, dimension, span, start, value, verdict)
);

-- Who made the valid clicks, as sketches of core/visitor_sketch.hpp; link 0 is all of the brand's.
-- owner: redirect
CREATE TABLE click_visitors (
  brand_id BIGINT NOT NULL,
  span BIGINT NOT NULL,
  start BIGINT NOT NULL,
  link_id BIGINT NOT NULL,
  sketch BYTEA NOT NULL,
  PRIMARY KEY (brand_id, span, start, link_id)
);

INSERT INTO click_links (number, brand_id, link_id)
SELECT ROW_NUMBER() OVER (ORDER BY link_id, brand_id), brand_id, link_id
FROM (SELECT DISTINCT brand_id, link_id FROM clicks_before);

INSERT INTO click_profiles (number, device, os, browser, app, country, language)
SELECT ROW_NUMBER() OVER (ORDER BY device, os, browser, app, country, language),
  device, os, browser, app, country, language
FROM (SELECT DISTINCT device, os, browser, app, country, language FROM clicks_before);

INSERT INTO click_epochs (first_click_id, rules_version)
SELECT MIN(click_id), rules_version FROM clicks_before GROUP BY rules_version;

INSERT INTO clicks (click_id, link, verdict, rule, visitor, network, profile, referrer, utm, subs,
  flags, variant)
SELECT c.click_id, l.number, c.verdict, 0, c.visitor, c.network, p.number, c.referrer, c.utm,
  c.subs, c.flags, 0
FROM clicks_before AS c
JOIN click_links AS l ON l.link_id = c.link_id AND l.brand_id = c.brand_id
JOIN click_profiles AS p ON p.device = c.device AND p.os = c.os AND p.browser = c.browser
  AND p.app = c.app AND p.country = c.country AND p.language = c.language
ORDER BY c.click_id;

INSERT INTO click_state (name, value)
SELECT 'rollups_due', CASE WHEN EXISTS (SELECT 1 FROM clicks) THEN 1 ELSE 0 END;
INSERT INTO click_state (name, value) VALUES ('hours_from', 0), ('journal_batch', 0);

DROP TABLE clicks_before;
DROP TABLE rollups_before;

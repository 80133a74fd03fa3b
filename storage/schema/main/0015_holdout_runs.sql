-- Runs of links' holdouts (redirect/holdout.hpp): `settings` as in links.rules; what was given to
-- clicks of the run from starts_at to ends_at, or until stopped_at, when the link was changed.
-- owner: redirect
CREATE TABLE holdout_runs (
  brand_id BIGINT NOT NULL,
  link_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  settings TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  begun_at BIGINT NOT NULL,
  stopped_at BIGINT,
  PRIMARY KEY (brand_id, link_id, version)
);

-- A report of a run reads the orders that name a click of its link.
CREATE INDEX touchpoints_by_link ON touchpoints (brand_id, link_id, touched_at)
  WHERE link_id IS NOT NULL;

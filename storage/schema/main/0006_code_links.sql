-- The pages a publishable key (role browser) may be used from, as browsers send their Origin.
-- owner: admin
CREATE TABLE api_key_origins (
  brand_id BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  origin TEXT NOT NULL,
  PRIMARY KEY (brand_id, key_id, origin)
);

-- A browser's preflight names the page and no key.
CREATE INDEX api_key_origins_by_origin ON api_key_origins (origin);

-- The click that a code was made for, whose number is the code's id; NULL for all others. Nobody
-- types such a code by heart, so it has no looks.
ALTER TABLE codes ADD COLUMN click_id BIGINT;

-- Many codes at once: what was asked for, and how far it has come. Every code of a batch has the
-- terms of its row; `codes_made` is counted in the transaction of the codes, so a batch that was
-- cut off goes on where it stands. `state` is 'making' or 'done'.
-- owner: codes
CREATE TABLE code_batches (
  brand_id BIGINT NOT NULL,
  batch_id BIGINT NOT NULL,
  deal_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  codes_wanted BIGINT NOT NULL,
  codes_made BIGINT NOT NULL,
  prefix TEXT NOT NULL,
  suffix TEXT NOT NULL,
  random_length BIGINT NOT NULL,
  last_code_id BIGINT NOT NULL,
  discount_kind TEXT NOT NULL,
  rate_ppm BIGINT,
  amount_minor BIGINT,
  currency TEXT,
  starts_at BIGINT,
  ends_at BIGINT,
  subtotal_min_minor BIGINT,
  uses_max BIGINT,
  uses_per_customer_max BIGINT,
  budget_minor BIGINT,
  rules TEXT NOT NULL,
  is_enabled BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  done_at BIGINT,
  PRIMARY KEY (brand_id, batch_id)
);
CREATE INDEX code_batches_unfinished ON code_batches (batch_id) WHERE state <> 'done';

-- The batch a code was made in; NULL for codes with a name of their own.
ALTER TABLE codes ADD COLUMN batch_id BIGINT;

-- How the codes that people type by heart look: the skeleton of each, and the skeleton less any one
-- character. Two codes with a row in common look alike or are about a slip of a finger apart, and
-- are found by the key instead of by comparing with all. Codes of batches have none.
-- owner: codes
CREATE TABLE code_looks (
  brand_id BIGINT NOT NULL,
  look TEXT NOT NULL,
  code_id BIGINT NOT NULL,
  PRIMARY KEY (brand_id, look, code_id)
);

-- The looks of the codes there are: so far all have been [A-Z0-9_-], folded.
INSERT INTO code_looks (brand_id, look, code_id)
WITH RECURSIVE
  seen (brand_id, code_id, look) AS (
    SELECT brand_id, code_id,
           REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(folded,
             'O', '0'), 'Q', '0'), 'I', '1'), 'L', '1'), 'Z', '2'), 'S', '5'), 'G', '6'),
             'B', '8'), '_', '-')
    FROM codes),
  place (brand_id, code_id, look, at) AS (
    SELECT brand_id, code_id, look, 0 FROM seen
    UNION ALL
    SELECT brand_id, code_id, look, at + 1 FROM place WHERE at < LENGTH(look))
SELECT DISTINCT brand_id,
       CASE WHEN at = 0 THEN look ELSE SUBSTR(look, 1, at - 1) || SUBSTR(look, at + 1) END, code_id
FROM place;

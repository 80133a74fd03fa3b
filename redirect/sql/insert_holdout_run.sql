INSERT INTO holdout_runs (brand_id, link_id, version, settings, starts_at, ends_at, begun_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)

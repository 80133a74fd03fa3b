-- An id that is there already stays as it is, so that a batch may be written again.
INSERT INTO clicks (click_id, link, verdict, rule, visitor, network, profile, referrer, utm, subs,
  flags, variant)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (click_id) DO NOTHING

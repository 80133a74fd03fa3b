-- An id that is there already stays as it is, so that a batch may be written again.
INSERT INTO clicks (click_id, brand_id, link_id, verdict, rules_version, visitor, network, country,
  device, os, browser, app, referrer, language, utm, subs, flags)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (click_id) DO NOTHING

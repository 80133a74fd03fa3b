-- $5: a leak noted before then is told anew.
INSERT INTO code_leaks (brand_id, code_id, found_at, since_on)
VALUES ($1, $2, $3, $4)
ON CONFLICT (brand_id, code_id) DO UPDATE
SET found_at = excluded.found_at, since_on = excluded.since_on
WHERE code_leaks.found_at < $5

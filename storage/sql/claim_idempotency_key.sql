-- Claims the key before its effect runs. On PostgreSQL a second caller waits here until the first
-- commits, then inserts nothing and reads the stored answer. Status 0 is never visible to others:
-- it is replaced, or rolled back, in the same transaction.
INSERT INTO idempotency_keys
  (brand_id, scope, idempotency_key, fingerprint, status, media_type, body, at)
VALUES ($1, $2, $3, $4, 0, '', '', $5)
ON CONFLICT (brand_id, scope, idempotency_key) DO NOTHING

-- Changes nothing, but is a real write: it creates the write-ahead log at start, and shows whether a full
-- disk takes writes again.
UPDATE schema_migrations
SET applied_at = applied_at
WHERE number = 1

-- A real write that means nothing (SQLite skips an update that leaves a row as it was): it creates
-- the write-ahead log at start, and shows whether a full disk takes writes again.
UPDATE schema_migrations
SET writes_tried = writes_tried + 1
WHERE number = 1

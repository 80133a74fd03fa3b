-- Uses that are about to be moved on. SQLite has one writer at a time.
-- part: use
LIMIT 1000

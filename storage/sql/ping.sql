SELECT number
FROM schema_migrations
ORDER BY number DESC
LIMIT 1

-- How many links are on the own domain $1, and how many of them have the slug of a link that is on
-- none.
SELECT COUNT(*), COUNT(other.link_id)
FROM links AS own
LEFT JOIN links AS other ON other.domain = '' AND other.slug = own.slug
WHERE own.domain = $1

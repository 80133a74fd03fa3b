-- Who clicked which link, visitor by visitor; verdict 0 is a valid click.
SELECT DISTINCT visitor, link_id
FROM clicks
WHERE click_id >= $1 AND click_id < $2 AND brand_id = $3 AND verdict = 0 AND visitor IS NOT NULL
  AND (visitor, link_id) > ($4, $5)
ORDER BY visitor, link_id
LIMIT $6

SELECT link, visitor
FROM clicks
WHERE click_id = $1 AND verdict = $2

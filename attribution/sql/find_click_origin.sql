-- In the click file, by the click's key.
SELECT network, visitor
FROM clicks
WHERE click_id = $1

-- FOR UPDATE: two calls for one order move its uses one after the other, each on
-- what the other left.
-- part: use
LIMIT 1000
FOR UPDATE

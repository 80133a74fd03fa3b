-- part: use
LIMIT 1000

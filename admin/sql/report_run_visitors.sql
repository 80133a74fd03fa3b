-- Valid clicks of one run and their visitors, by arm. See redirect/holdout.hpp for the flags; the
-- first condition on them is the index's.
SELECT '', c.flags & 131072, COUNT(*), COUNT(DISTINCT c.visitor)
FROM clicks AS c
WHERE c.link = (SELECT l.number FROM click_links AS l WHERE l.link_id = $2 AND l.brand_id = $1)
  AND (c.flags & 65536) <> 0 AND c.click_id >= $3 AND c.click_id < $4
  AND (c.flags >> 18) = $5 AND c.verdict = 0
GROUP BY 2
ORDER BY 2
LIMIT 2

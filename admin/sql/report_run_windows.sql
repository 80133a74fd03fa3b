-- As report_run_visitors, by window: $6 is the millisecond in which window 0 begins, since 2020 as
-- ids have it, $7 how many a window has.
SELECT CAST(((c.click_id >> 22) - $6) / $7 AS TEXT), c.flags & 131072, COUNT(*),
       COUNT(DISTINCT c.visitor)
FROM clicks AS c
WHERE c.link = (SELECT l.number FROM click_links AS l WHERE l.link_id = $2 AND l.brand_id = $1)
  AND (c.flags & 65536) <> 0 AND c.click_id >= $3 AND c.click_id < $4
  AND (c.flags >> 18) = $5 AND c.verdict = 0
GROUP BY 1, 2
ORDER BY 1, 2
LIMIT 10000

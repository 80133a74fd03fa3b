-- The highest id a click ever had here, as far as is known: those before the boundary are removed.
SELECT COALESCE(MAX(click_id), 0) FROM (
  SELECT MAX(click_id) AS click_id FROM clicks
  UNION ALL SELECT value FROM click_state WHERE name = 'clicks_from') AS known

-- Up to $3 of them.
SELECT COUNT(*)
FROM (SELECT 1 AS one
      FROM webhook_deliveries
      WHERE brand_id = $1 AND outcome = 'failed' AND integration_id = $2
      LIMIT $3) AS failed

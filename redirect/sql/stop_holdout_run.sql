-- Before its end, by an edit of the link.
UPDATE holdout_runs SET stopped_at = $4
WHERE brand_id = $1 AND link_id = $2 AND version = $3 AND stopped_at IS NULL

-- What a link may do besides leading to its destination (schedule, click limit, targeting, split,
-- deep links, own fallback), as JSON in the fields of the API; '' for the plain link, which nearly
-- all are. One column, because the redirect reads it whole when the links are loaded and no
-- statement ever looks inside.
ALTER TABLE links ADD COLUMN rules TEXT NOT NULL DEFAULT '';

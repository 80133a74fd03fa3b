-- How many clicks each link with a click limit has let through. Counted in the transaction that
-- stores the clicks, never taken back: neither a verdict that changes later nor the removal of old
-- clicks opens a limit again.
-- owner: redirect
CREATE TABLE click_uses (
  link_id BIGINT NOT NULL PRIMARY KEY,
  clicks BIGINT NOT NULL
);

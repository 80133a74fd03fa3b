-- Clicks that a holdout drew into an arm (flag_in_run of redirect/holdout.hpp), by link. No other
-- click is in this index.
CREATE INDEX clicks_in_runs ON clicks (link, click_id) WHERE (flags & 65536) <> 0;

-- Old clicks are removed (redirect/retention.hpp). In click_state: 'clicks_from' (clicks with a
-- lower id are removed; 0: all are kept) and 'words_due' (1 while what only removed clicks used is
-- still to be removed).
INSERT INTO click_state (name, value) VALUES ('clicks_from', 0), ('words_due', 0);

-- The last UTC day since 1970 on which a word, a profile or a link was given to a click; a click
-- never uses one of an earlier day than its own. What is there counts as used by the newest click.
ALTER TABLE click_words ADD COLUMN used_on BIGINT NOT NULL DEFAULT 0;
ALTER TABLE click_profiles ADD COLUMN used_on BIGINT NOT NULL DEFAULT 0;
ALTER TABLE click_links ADD COLUMN used_on BIGINT NOT NULL DEFAULT 0;
-- An id is milliseconds since 2020-01-01 (day 18262) times 2^22.
UPDATE click_words SET used_on =
  (SELECT COALESCE(MAX(click_id), 0) FROM clicks) / 4194304 / 86400000 + 18262;
UPDATE click_profiles SET used_on =
  (SELECT COALESCE(MAX(click_id), 0) FROM clicks) / 4194304 / 86400000 + 18262;
UPDATE click_links SET used_on =
  (SELECT COALESCE(MAX(click_id), 0) FROM clicks) / 4194304 / 86400000 + 18262;

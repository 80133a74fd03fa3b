-- In click_state: 'past_changes', how often rollups of a day changed after the brand's next day had
-- begun (late clicks, new verdicts). Whoever remembers sums of earlier days does so under that
-- number.
INSERT INTO click_state (name, value) VALUES ('past_changes', 0);

-- In the click file, by the click's key; the link must be the one under the token's MAC.
SELECT verdict FROM clicks WHERE click_id = $1 AND link_id = $2

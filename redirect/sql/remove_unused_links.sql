-- Numbers of links for clicks; rollups and visitors know links by their id.
DELETE FROM click_links WHERE number > $1 AND number <= $2 AND used_on < $3

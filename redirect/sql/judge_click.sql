UPDATE clicks SET verdict = $2, rule = $3 WHERE click_id = $1

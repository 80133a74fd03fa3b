-- $3 the state it was in, $4 the one it gets, $5 all that was rolled back of it, $6 whether the use
-- stays counted, $7 what had been rolled back before: nobody else may have come in between.
UPDATE code_uses SET state = $4, rolled_back_minor = $5, keeps_use = $6
WHERE brand_id = $1 AND code_use_id = $2 AND state = $3 AND rolled_back_minor = $7

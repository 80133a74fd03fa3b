-- FOR UPDATE: whoever uses a code of it has committed before, or sees the edit (see hold_code).
SELECT version FROM campaign_code_limits WHERE brand_id = $1 AND campaign_id = $2 FOR UPDATE

-- Every open one of the commission.
UPDATE commission_signals
SET decision = $3, decided_at = $4, decided_by = $5, decision_reason = $6
WHERE brand_id = $1 AND commission_id = $2 AND decision IS NULL

-- The newest version in force at $3; when none is yet, the first version.
SELECT plan_version, effective_from, kind, terms
FROM deal_plans
WHERE brand_id = $1 AND deal_id = $2
ORDER BY CASE WHEN effective_from <= $3 THEN -plan_version ELSE plan_version END
LIMIT 1

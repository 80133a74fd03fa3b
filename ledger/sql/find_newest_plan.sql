SELECT plan_version, effective_from, kind, terms
FROM deal_plans
WHERE brand_id = $1 AND deal_id = $2
ORDER BY plan_version DESC
LIMIT 1

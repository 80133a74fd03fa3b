-- A campaign's counter is locked before those of its codes, here as where a use is taken.
SELECT used FROM code_limit_counters WHERE brand_id = $1 AND scope = $2 AND scope_id = $3
FOR UPDATE

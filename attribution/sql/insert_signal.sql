-- Once per commission and signal, and not on what the brand has taken back already.
INSERT INTO commission_signals (brand_id, signal_id, commission_id, order_id, influencer_id,
                                deal_id, signal, evidence, is_held, found_at)
SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT),
       CAST($5 AS BIGINT), CAST($6 AS BIGINT), $7, $8, CAST($9 AS BIGINT), CAST($10 AS BIGINT)
WHERE NOT EXISTS (SELECT 1 FROM commission_reversals AS v
                  WHERE v.brand_id = $1 AND v.commission_id = $3)
ON CONFLICT (brand_id, commission_id, signal) DO NOTHING

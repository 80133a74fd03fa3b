-- The row stays locked until the transaction ends: refunds of one order come one after another.
UPDATE orders SET refunds_version = refunds_version + 1
WHERE brand_id = $1 AND order_ref = $2

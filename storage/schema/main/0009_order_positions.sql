-- Uses of one order are numbered from 0 as they come: two calls for an order that has no use yet
-- find no row to wait for, and both want number 0. The one who is second is tried again and then
-- sees what the first has written.
ALTER TABLE code_uses ADD COLUMN order_position BIGINT NOT NULL DEFAULT 0;
UPDATE code_uses SET order_position = (
  SELECT COUNT(*) FROM code_uses o
  WHERE o.brand_id = code_uses.brand_id AND o.order_ref = code_uses.order_ref
    AND o.code_id < code_uses.code_id);
CREATE UNIQUE INDEX code_uses_by_position ON code_uses (brand_id, order_ref, order_position);

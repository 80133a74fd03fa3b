-- What shops say about an order after it was booked, and deliveries that can be listed and tried
-- again.

-- Whose order it is (0: posted through the own API), and the newest state of it that was taken in,
-- by the shop's clock or its own version numbers; 0 when no state says.
ALTER TABLE orders ADD COLUMN integration_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN state_at BIGINT NOT NULL DEFAULT 0;

-- What else a shop calls an order: the payment, the charge.
-- owner: attribution
CREATE TABLE order_aliases (
  brand_id BIGINT NOT NULL,
  integration_id BIGINT NOT NULL,
  alias TEXT NOT NULL,
  order_id BIGINT NOT NULL,
  PRIMARY KEY (brand_id, integration_id, alias)
);

-- What stands against an order, as it was last stated: a refund, a chargeback, a cancellation, an
-- edit. It is replaced when its sender corrects it; the rows of `refunds` are the journal of what
-- that changed. amount_minor is base money over all lines. stated_minor of whole_minor is the
-- sender's own figure where base money is computed from it.
-- owner: attribution
CREATE TABLE order_effects (
  brand_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  effect_ref TEXT NOT NULL,
  integration_id BIGINT NOT NULL,
  stated_at BIGINT NOT NULL,
  stated_minor BIGINT NOT NULL,
  whole_minor BIGINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  PRIMARY KEY (brand_id, order_id, kind, effect_ref)
);

-- Without an amount a line is worth what its quantity is worth. Of an edit: what is sold of the
-- line since then.
-- owner: attribution
CREATE TABLE order_effect_lines (
  brand_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  effect_ref TEXT NOT NULL,
  position BIGINT NOT NULL,
  line_id TEXT NOT NULL,
  quantity BIGINT,
  amount_minor BIGINT,
  PRIMARY KEY (brand_id, order_id, kind, effect_ref, position)
);

INSERT INTO order_effects (brand_id, order_id, kind, effect_ref, integration_id, stated_at,
                           stated_minor, whole_minor, amount_minor)
SELECT brand_id, order_id, 'refund', refund_ref, 0, placed_at, 0, 0, 0 FROM refunds;
INSERT INTO order_effect_lines (brand_id, order_id, kind, effect_ref, position, line_id,
                                quantity, amount_minor)
SELECT l.brand_id, r.order_id, 'refund', r.refund_ref,
       ROW_NUMBER() OVER (PARTITION BY l.brand_id, l.refund_id ORDER BY l.line_id) - 1,
       l.line_id, l.quantity, l.base_minor
FROM refund_lines AS l
JOIN refunds AS r ON r.brand_id = l.brand_id AND r.refund_id = l.refund_id;

-- refund, chargeback, cancellation, edit; or reinstatement, which gives back and is below zero.
ALTER TABLE refunds ADD COLUMN kind TEXT NOT NULL DEFAULT 'refund';

-- A number for lists and replays; 0 for what nobody looks for.
ALTER TABLE webhook_deliveries ADD COLUMN delivery_id BIGINT NOT NULL DEFAULT 0;
UPDATE webhook_deliveries SET delivery_id =
  (SELECT COUNT(*) FROM webhook_deliveries AS e
   WHERE e.outcome = 'failed' AND e.brand_id = webhook_deliveries.brand_id
     AND (e.received_at, e.integration_id, e.delivery_key) <=
         (webhook_deliveries.received_at, webhook_deliveries.integration_id,
          webhook_deliveries.delivery_key))
WHERE outcome = 'failed';
CREATE INDEX webhook_deliveries_by_outcome ON webhook_deliveries (brand_id, outcome, delivery_id);

-- What a shop calls a code besides its text: the id of a promotion. One id leads to one code.
-- owner: codes
CREATE TABLE code_shop_ids (
  brand_id BIGINT NOT NULL,
  shop_id TEXT NOT NULL,
  code_id BIGINT NOT NULL,
  PRIMARY KEY (brand_id, shop_id)
);
CREATE INDEX code_shop_ids_by_code ON code_shop_ids (brand_id, code_id, shop_id);
CREATE INDEX webhook_deliveries_by_id ON webhook_deliveries (brand_id, delivery_id);

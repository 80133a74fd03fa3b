INSERT INTO signal_policies (brand_id, actions, click_to_order_floor_s)
VALUES ($1, $2, $3)
ON CONFLICT (brand_id) DO UPDATE
SET actions = excluded.actions, click_to_order_floor_s = excluded.click_to_order_floor_s,
    version = signal_policies.version + 1

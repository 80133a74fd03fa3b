INSERT INTO leak_policies (brand_id, actions, coupon_hosts)
VALUES ($1, $2, $3)
ON CONFLICT (brand_id) DO UPDATE
SET actions = excluded.actions, coupon_hosts = excluded.coupon_hosts,
    version = leak_policies.version + 1

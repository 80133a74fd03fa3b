SELECT actions, coupon_hosts, version
FROM leak_policies
WHERE brand_id = $1

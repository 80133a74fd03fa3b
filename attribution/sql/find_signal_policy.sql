SELECT actions, click_to_order_floor_s, version
FROM signal_policies
WHERE brand_id = $1

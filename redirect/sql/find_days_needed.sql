-- How many days behind a click it may still decide over money: an order may come as late as the
-- look-back allows, and its commission can be taken back while it is on hold.
SELECT COALESCE(MAX(c.lookback_days + d.hold_days), 0)
FROM deals AS d
JOIN campaigns AS c ON c.brand_id = d.brand_id AND c.campaign_id = d.campaign_id

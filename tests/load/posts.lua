-- wrk redeems or validates a code, each time with another order reference and customer.
--
--   PATH_=/v1/codes/redeem CODE=FREE10 RUN=a wrk -s tests/load/redeem.lua
--     -H "Authorization: Bearer fl_shop_…" -H "Content-Type: application/json" URL
--
-- RUN must be new for each run against the same data, and wrk have one thread (-t1): the references
-- are RUN-1, RUN-2, …
local code, run, path = os.getenv("CODE"), os.getenv("RUN"), os.getenv("PATH_")
local body = [[{"code":"%s","order_ref":"%s-%d","currency":"EUR","subtotal_minor":12000,]]
  .. [["shipping_minor":490,"items":[{"line_id":"1","sku":"lamp-oak","quantity":2,]]
  .. [["unit_price_minor":3000},{"line_id":"2","sku":"vase-blue","quantity":1,]]
  .. [["unit_price_minor":6000}],"customer":{"key":"customer-%d"}}]]
local head
local asked = 0

function init()
  -- wrk.format() for each request would be the largest part of the generator's work.
  local whole = wrk.format("POST", path, wrk.headers, "")
  head = whole:gsub("Content%-Length: 0\r\n", ""):gsub("\r\n$", "")  -- its place is by chance
end

function request()
  asked = asked + 1
  local text = body:format(code, run, asked, asked % 50000)
  return head .. "Content-Length: " .. #text .. "\r\n\r\n" .. text
end

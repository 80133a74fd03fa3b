-- wrk posts a body again and again, each time with another number in it.
--
--   PATH_=/v1/codes/redeem BODY='{"order_ref":"a-%d","customer":{"key":"c-%d"},…}' wrk -t1
--     -s tests/load/posts.lua -H "Authorization: Bearer fl_shop_…" -H "Content-Type: application/json" URL
--
-- Of the body's two %d the first becomes 1, 2, … (so wrk must have one thread, -t1), the second
-- that number modulo 50,000. A % of its own is written %%.
local body, path = os.getenv("BODY"), os.getenv("PATH_")
local head
local asked = 0

function init()
  -- wrk.format() for each request would be the largest part of the generator's work.
  local whole = wrk.format("POST", path, wrk.headers, "")
  head = whole:gsub("Content%-Length: 0\r\n", ""):gsub("\r\n$", "")  -- its place is by chance
end

function request()
  asked = asked + 1
  local text = body:format(asked, asked % 50000)
  return head .. "Content-Length: " .. #text .. "\r\n\r\n" .. text
end

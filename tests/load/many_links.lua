-- wrk asks for links that tests/load/many_links.py made, and every request is another visitor's.
--
--   COUNT=10000000 DRAW=even wrk -s tests/load/many_links.lua -H "Name: value"… URL
--
-- COUNT links; DRAW even, or skewed: few links get most clicks. Nothing but the numbers drawn
-- depends on COUNT, so that the generator's work is the same for few links and for many. The server
-- must believe X-Forwarded-For (--trusted-proxies 127.0.0.1).
local LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
local HASH = 0x9E3779B1
local count = tonumber(os.getenv("COUNT"))
local is_skewed = os.getenv("DRAW") == "skewed"
local before, between, after
local pairs_of_letters = {}

function init()
  math.randomseed(os.time())
  for i = 0, 1023 do
    local first, second = math.floor(i / 32) + 1, i % 32 + 1
    pairs_of_letters[i] = LETTERS:sub(first, first) .. LETTERS:sub(second, second)
  end
  wrk.headers["X-Forwarded-For"] = "ADDRESS"
  local whole = wrk.format("GET", "/SLUG")
  before, between, after = whole:match("^(.*)SLUG(.*)ADDRESS(.*)$")
end

-- slug_of() of many_links.py: the product is taken in two parts, each exact in a double.
local function slug_of(number)
  local high, low = math.floor(number / 4096), number % 4096
  local scrambled = (high * HASH % 2 ^ 28 * 4096 + low * HASH) % 2 ^ 40
  local slug = ""
  for shift = 0, 30, 10 do
    local both = math.floor(scrambled / 2 ^ shift) % 1024
    slug = slug .. pairs_of_letters[both % 32 * 32 + math.floor(both / 32)]
  end
  return slug
end

function request()
  local share = math.random()
  if is_skewed then share = share * share * share * share end
  local visitor = math.random(0, 2 ^ 24 - 1)
  local address = string.format(
    "11.%d.%d.%d", math.floor(visitor / 65536), math.floor(visitor / 256) % 256, visitor % 256)
  return before .. slug_of(math.floor(share * count)) .. between .. address .. after
end

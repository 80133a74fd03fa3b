// The facts that cross between modules: what a cart and an order are, how a click came out, and who
// gets credit. Plain values without behaviour; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/id.hpp"
#include "core/money.hpp"
#include "core/time.hpp"

namespace fairlead::core {

// One line of a cart or an order. Carts and orders share one shape, so that a shop builds it once.
struct Item {
  std::string line_id;  // 1–128 bytes, unique within the order
  std::string sku;
  std::string product_id;
  std::vector<std::string> category_ids;
  std::int64_t quantity = 1;          // 1 … 1,000,000
  std::int64_t unit_price_minor = 0;  // before discount
  std::int64_t discount_minor = 0;    // for the whole line, 0 … unit price × quantity
  std::int64_t tax_minor = 0;         // for the whole line; never part of a commission base
  bool is_on_sale = false;            // what codes that leave sale items out go by
};

struct Customer {
  std::string key;           // the shop's own key, "" = unknown
  std::string email_sha256;  // 64 hex digits of the normalised address, "" = unknown
  std::optional<bool> is_new;
  std::vector<std::string> groups;
  // What limits per customer count by: the key, else the e-mail hash, else "".
  const std::string& identity() const { return key.empty() ? email_sha256 : key; }
  // The e-mail hash beside a key; "" when there is no second name.
  std::string second_identity() const {
    return key.empty() || email_sha256 == key ? std::string() : email_sha256;
  }
};

// The verdict on a click. Numbers are stored and frozen: add, never renumber.
enum class ClickVerdict : std::uint8_t {
  valid = 0,
  head = 1,
  prefetch = 2,
  bot = 3,
  preview = 4,
  unknown_agent = 5,  // no user agent at all
  duplicate = 6,
  datacenter = 7,
  flood = 8,
  embedded = 9,
};

// An order as it is booked, whichever door it came through.
struct Order {
  BrandId brand;
  std::string order_ref;  // the shop's own reference, 1–128 bytes, unique per brand
  Instant placed_at;
  Currency currency;
  std::vector<Item> items;
  std::int64_t shipping_minor = 0;
  std::int64_t tax_minor = 0;
  std::vector<std::string> codes;      // as typed
  std::vector<std::string> click_ids;  // click tokens
  Customer customer;
  std::string source = "api";  // "api", "shopify", …
  bool is_test = false;        // stored, base 0, earns nothing
};

struct Refund {
  BrandId brand;
  std::string order_ref;
  std::string refund_ref;  // the shop's own reference, 1–128 bytes, unique per order
  Instant placed_at;
  struct Line {
    std::string line_id;
    std::optional<std::int64_t> quantity;
    std::int64_t amount_minor = 0;
  };
  std::vector<Line> items;                   // either lines …
  std::optional<std::int64_t> amount_minor;  // … or one amount over all lines
  std::string reason;
};

enum class Via : std::uint8_t { code = 0, click = 1 };

// A share of an order's base that belongs to one influencer under one deal.
struct Credit {
  CreditId id;
  OrderId order;
  InfluencerId influencer;
  DealId deal;
  CampaignId campaign;
  Via via = Via::code;
  CodeId code;    // when via code
  LinkId link;    // when via click
  ClickId click;  // when via click
  std::int64_t weight_ppm = 1'000'000;
  std::int64_t base_minor = 0;
};

}  // namespace fairlead::core

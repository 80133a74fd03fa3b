// Shop platforms: each turns a signed delivery into orders and refunds of the kind the own API
// takes. One file per platform in platforms/, listed in platforms.cpp; each has golden cases in
// tests/golden/attribution/, and a test fails when one is missing. Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/stored_order.hpp"
#include "core/events.hpp"
#include "core/result.hpp"
#include "net/request.hpp"

namespace fairlead::attribution {

// The order that a shop's refund is held against.
struct RefundedOrder {
  core::Currency currency;
  bool is_test = false;
  std::vector<StoredLine> lines;
  std::map<std::string, Refunded> refunded;  // by earlier refunds
};

// What a shop's refund takes from the order: never more than is left of each line. `notes` are
// words for a person to look at ("money_mismatch"): the shop's figures do not explain each other.
struct JudgedRefund {
  std::vector<core::Refund::Line> items;
  std::int64_t spread_minor = 0;  // not bound to a line: over what is left of all lines
  std::vector<std::string> notes;
};

struct ShopRefund {
  std::string order_ref;
  std::string refund_ref;
  core::Instant placed_at;
  std::string reason;
  // Needs the order, because a refund names lines and quantities but not what they were worth.
  std::function<core::Result<JudgedRefund>(const RefundedOrder&)> judge;
};

struct Notice {
  std::optional<core::Order> order;
  bool is_cancelled = false;        // what is left of the order is taken back
  std::vector<ShopRefund> refunds;  // of the order, or alone
  std::string ignored;              // why there is nothing to do, when there is nothing
};

struct Platform {
  std::string_view name;  // in URLs; frozen
  // Whether one of the secrets signed the raw body. Constant time for a well-formed signature; the
  // same work for every secret.
  bool (*is_signed)(const net::Request& request, std::span<const std::string> secrets);
  // What the delivery calls itself; "" when it does not say. Neither is covered by the signature.
  std::string (*topic_of)(const net::Request& request);
  std::string (*delivery_id_of)(const net::Request& request);
  // Errc::invalid or overflow says what was not understood.
  core::Result<Notice> (*read)(std::string_view topic, std::string_view body, core::BrandId brand);
};

std::span<const Platform> platforms();
const Platform* find_platform(std::string_view name);  // nullptr when unknown

// platforms/<name>.cpp, one each. A function, because constants of other files may not exist yet.
Platform shopify();

}  // namespace fairlead::attribution

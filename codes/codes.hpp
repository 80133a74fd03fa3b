// codes/ answers a shop's question at checkout: is this code good, and what does it take off? A
// limit of N is never exceeded: the only writes are one conditional UPDATE and one UNIQUE ledger
// row in the same transaction (uses.hpp says how). rules.hpp is pure: what a code is worth, and why
// it is refused. Tables: codes, code_counters, code_customer_slots, code_uses.
//
// Routes: POST|GET /v1/codes, GET|PATCH|DELETE /v1/codes/{id}, POST /v1/codes/validate, …/redeem.
// Threads: handlers run on the work pool, several at once; functions with a Session inside its
// transaction.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/difference.hpp"
#include "core/events.hpp"
#include "net/json.hpp"
#include "net/router.hpp"
#include "storage/storage.hpp"

namespace fairlead::codes {

std::vector<net::Route> routes(storage::Database& database);

// Canonical form for comparing: NFKC is not applied; ASCII is trimmed and upper-cased, other bytes
// stay.
std::string fold(std::string_view code);

// Who a code belongs to, archived and expired codes included: an order may name any code that ever
// was.
struct CodeOwner {
  core::CodeId code;
  core::DealId deal;
  core::InfluencerId influencer;
  core::CampaignId campaign;
};
std::optional<CodeOwner> find_owner(storage::Session& session, core::BrandId brand,
                                    std::string_view code);

// Makes sure that an order's use of a code is in the ledger of uses, once per order and code. An
// order already paid is never refused: beyond the limit the use is stored with state "over_limit"
// and counted apart. What it spends is what the code's terms give for the order's lines, but never
// more than the discount the order itself shows. A test order and an unknown code leave nothing.
// An order with several codes names them in rising order of id, so that two orders cannot wait for
// each other.
void note_order_use(storage::Session& session, core::BrandId brand, core::CodeId code,
                    const core::Order& order, core::Instant now);

// The parts that carts and orders share. Problems are noted in `body`. `items` may be absent or
// empty and holds at most 500; no line, and no line's discount, exceeds 10^15 minor units.
std::vector<core::Item> read_items(net::Fields& body);
// {key?, email_sha256?, is_new?, groups?}; the hash comes back in lower case.
core::Customer read_customer(net::Fields& body);

struct NewCode {
  core::DealId deal;
  std::string code;
  std::string discount_kind;  // "percent", "fixed", "free_shipping"
  std::optional<std::int64_t> rate_ppm;
  std::optional<std::int64_t> amount_minor;
  std::optional<std::string> currency;
  std::optional<core::Instant> starts_at;
  std::optional<core::Instant> ends_at;
  std::optional<std::int64_t> subtotal_min_minor;
  std::optional<std::int64_t> uses_max;
  std::optional<std::int64_t> uses_per_customer_max;
  std::optional<std::int64_t> budget_minor;
};
// Errc::not_found: no such deal of this brand; Errc::conflict: the code exists; Errc::invalid.
core::Result<core::CodeId> create_code(storage::Session& session, core::BrandId brand,
                                       const NewCode& code, core::Instant now);

// Recounts counters and slots from the ledger of uses. Empty when all agree.
core::Differences verify(storage::Session& session);

}  // namespace fairlead::codes

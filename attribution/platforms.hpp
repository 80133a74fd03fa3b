// Shop platforms: each turns a signed delivery into orders, and into changes of orders, of the kind
// the own API makes. One file per platform in platforms/, listed in platforms.cpp; each has golden
// cases in tests/golden/attribution/, and a test fails when one is missing. Trackers, which have
// addresses and answers of their own, are platforms with a Protocol. Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/net_order.hpp"
#include "attribution/protocol.hpp"
#include "core/events.hpp"
#include "core/result.hpp"
#include "net/request.hpp"

namespace fairlead::attribution {

// The order that a change is held against, with what was stated about it before.
struct SoldOrder {
  core::Currency currency;
  bool is_test = false;
  std::int64_t gross_minor = 0;   // as booked: base, tax and shipping
  std::vector<StoredLine> lines;  // as they are sold now, edits included
  std::vector<Effect> effects;
  core::IntegrationId integration;  // whose delivery is read
};

// An effect as it stands from now on; refs the order has already are replaced, unless what is there
// was stated later. Amounts are targets, never steps.
struct Statement {
  Effect effect;
  core::Instant placed_at;  // the date of what it posts
  std::string reason;
};

// `notes` are words for a person to look at ("money_mismatch"): the shop's figures do not explain
// each other. `remarks` only say how the amounts came about.
struct Judged {
  std::vector<Statement> statements;  // none: there is nothing new in it
  std::vector<std::string> notes;
  std::vector<std::string> remarks;
};

struct Change {
  std::string order_ref;             // the shop's: a reference or another name of the order
  std::vector<std::string> aliases;  // what else the shop calls the order
  // Of changes that are a whole state of the order: an older state changes nothing.
  std::optional<core::Instant> state_at;
  // Needs the order, because a refund names lines and quantities but not what they were worth.
  std::function<core::Result<Judged>(const SoldOrder&)> judge;
};

// Of an order that a tracker reports: it is booked only with a click or a code of the brand, and
// once; a repetition with other figures is a conflict and not an edit.
struct Tracked {
  // False: nothing is left of the order until a confirmation() comes. Until then it may be edited.
  bool is_confirmed = true;
  bool by_customer = false;  // without a click, the one that the customer came with before counts
  bool is_editable = false;  // a repetition with other figures is an edit after all
  bool is_optional = false;  // it may be nobody's; then it is not booked, and that is all
};

// A click that waits for the order it led to.
struct Claim {
  std::string order_ref;  // under which the order will be known, an alias of it
  std::string provider;   // who vouches for it, and for whom: the first one stays
  std::string publisher;
  std::string click;
};

struct Notice {
  std::optional<core::Order> order;
  std::optional<Tracked> tracked;
  std::optional<Claim> claim;        // instead of an order
  bool is_paid = true;               // an order is booked when it is paid for
  core::Instant state_at;            // of this state of the order: an older one never wins
  std::vector<std::string> aliases;  // of the order
  std::vector<std::string> remarks;
  std::vector<Change> changes;  // of the order, or alone
  std::string ignored;          // why there is nothing to do, when there is nothing
};

struct Received {
  std::string_view topic;
  std::string_view body;
  core::BrandId brand;
  core::Instant at;
  core::Currency currency = core::Currency::of("EUR");  // the brand's, where a message names none
};

struct Platform {
  std::string_view name;  // in URLs; frozen
  // Whether one of the secrets signed the raw body, not too long ago where the signature says when.
  // Constant time for a well-formed signature; the same work for every secret.
  bool (*is_signed)(const net::Request& request, std::span<const std::string> secrets,
                    core::Instant now);
  // What the delivery calls itself; "" when it does not say. Often not covered by the signature.
  std::string (*topic_of)(const net::Request& request);
  std::string (*delivery_id_of)(const net::Request& request);
  // Errc::invalid or overflow says what was not understood.
  core::Result<Notice> (*read)(const Received& received);
  // Of shops that try an address without signing: answered 200, and nothing is done. May be null.
  bool (*is_ping)(const net::Request& request) = nullptr;
  // Why a secret cannot be one of this platform's; "" when it can. May be null.
  std::string (*refuse_secret)(std::string_view secret) = nullptr;
  std::optional<Protocol> protocol = std::nullopt;  // none: POST of a signed body
};

std::span<const Platform> platforms();
const Platform* find_platform(std::string_view name);  // nullptr when unknown

// platforms/<name>.cpp, one each. A function, because constants of other files may not exist yet.
Platform shopify();
Platform woocommerce();
Platform stripe();
Platform standard();
Platform postback();
Platform tune();
Platform keitaro();
Platform voluum();
Platform affise();
Platform everflow();
Platform impact();
Platform dub();
Platform firstpromoter();
Platform pixel();
Platform acp();

}  // namespace fairlead::attribution

// An order as the database holds it, with its lines, touchpoints, credits and refunds: reading
// only, inside the caller's transaction or snapshot. Writing is in book_order.cpp and
// book_refund.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/attribute.hpp"
#include "attribution/net_order.hpp"
#include "core/events.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

struct StoredOrder {
  core::OrderId id;
  std::string order_ref;
  std::string source;
  core::Instant placed_at;
  core::Currency currency;
  std::int64_t base_minor = 0;
  std::int64_t discount_minor = 0;
  std::int64_t shipping_minor = 0;
  std::int64_t tax_minor = 0;
  bool is_test = false;
  std::string customer;
  std::optional<bool> customer_is_new;
  std::string body_sha256;  // fingerprint_of() the order it was booked from
  core::Instant booked_at;
  core::IntegrationId integration;  // whose webhook booked it; none for the own API
  core::Instant state_at;           // of the newest state of it that was taken in
};
std::optional<StoredOrder> find_order(storage::Session& session, core::BrandId brand,
                                      std::string_view order_ref);
std::optional<StoredOrder> find_order(storage::Session& session, core::BrandId brand,
                                      core::OrderId id);

// As booked; lines that an edit added come last.
std::vector<StoredLine> lines_of(storage::Session& session, core::BrandId brand,
                                 core::OrderId order);

// Every code and click of the order, in the order given, with its outcome and its weight.
struct StoredTouch {
  Touch touch;
  std::int64_t weight = 0;
};
std::vector<StoredTouch> touches_of(storage::Session& session, core::BrandId brand,
                                    core::OrderId order);

struct StoredCredit {
  core::Credit credit;
  Policy policy;  // in force when the order was booked
  core::Instant touched_at;
  core::Instant placed_at;  // the order's
  std::string currency;     // the order's
};
std::vector<StoredCredit> credits_of(storage::Session& session, core::BrandId brand,
                                     core::OrderId order);

struct StoredRefund {
  core::RefundId id;
  std::string refund_ref;
  core::Instant placed_at;
  std::int64_t base_minor = 0;  // below zero when it gives back
  std::string reason;
  std::string kind;
};
// Oldest first: refunds of one order are booked one after another and their ids rise.
std::vector<StoredRefund> refunds_of(storage::Session& session, core::BrandId brand,
                                     core::OrderId order);

// What the journal of refunds took from each line, added up.
struct Refunded {
  std::int64_t quantity = 0;
  std::int64_t base_minor = 0;
};
std::map<std::string, Refunded> refunded_lines(storage::Session& session, core::BrandId brand,
                                               core::OrderId order);

// The part of each refund that falls on each credit.
struct CreditRefund {
  core::CreditId credit;
  core::RefundId refund;
  std::int64_t base_minor = 0;
};
std::vector<CreditRefund> credit_refunds_of(storage::Session& session, core::BrandId brand,
                                            core::OrderId order);

// Who would be paid for the order if its base were this: its touches and the policy it was booked
// under, decided again. Shares are in the order of the credits.
Decision decide_again(storage::Session& session, core::BrandId brand, const StoredOrder& order,
                      const std::vector<StoredCredit>& credits, std::int64_t base_minor);

std::string_view word_of(core::Via via);  // "code", "click"; stored and shown

}  // namespace fairlead::attribution

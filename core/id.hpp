// Ids: 64 bits, ordered by time of creation, a distinct type for each thing so that a link is never
// passed for a deal. Outside they are opaque text: a prefix and 13 letters, "lnk_06dz3k…"
// (Crockford base32, lower case). In the database they are a BIGINT. See docs/decisions/0003.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace fairlead::core {

// Text of an id's number with its prefix, and back. Errc::invalid for another prefix or bad text.
std::string id_text(std::string_view prefix, std::int64_t number);
Result<std::int64_t> parse_id_text(std::string_view prefix, std::string_view text);

template <class Tag>
struct Id {
  std::int64_t number = 0;  // 0 is no id

  static Result<Id> parse(std::string_view text) {
    auto number = parse_id_text(Tag::prefix, text);
    if (!number) return number.error();
    return Id{*number};
  }
  std::string text() const { return id_text(Tag::prefix, number); }
  explicit operator bool() const { return number != 0; }
  auto operator<=>(const Id&) const = default;
};

// Prefixes are frozen: they are in URLs, exports and shops' databases.
struct BrandTag {
  static constexpr std::string_view prefix = "brand_";
};
struct KeyTag {
  static constexpr std::string_view prefix = "key_";
};
struct InfluencerTag {
  static constexpr std::string_view prefix = "inf_";
};
struct CampaignTag {
  static constexpr std::string_view prefix = "cmp_";
};
struct DealTag {
  static constexpr std::string_view prefix = "deal_";
};
struct LinkTag {
  static constexpr std::string_view prefix = "lnk_";
};
struct CodeTag {
  static constexpr std::string_view prefix = "code_";
};
struct BatchTag {
  static constexpr std::string_view prefix = "batch_";
};
struct CodeUseTag {
  static constexpr std::string_view prefix = "use_";
};
struct ClickTag {
  static constexpr std::string_view prefix = "clk_";
};
struct OrderTag {
  static constexpr std::string_view prefix = "ord_";
};
struct RefundTag {
  static constexpr std::string_view prefix = "ref_";
};
struct CreditTag {
  static constexpr std::string_view prefix = "crd_";
};
struct CommissionTag {
  static constexpr std::string_view prefix = "com_";
};
struct PostTag {
  static constexpr std::string_view prefix = "post_";
};
struct CostTag {
  static constexpr std::string_view prefix = "cost_";
};
struct IntegrationTag {
  static constexpr std::string_view prefix = "int_";
};
struct DeliveryTag {
  static constexpr std::string_view prefix = "whd_";
};
struct SignalTag {
  static constexpr std::string_view prefix = "sig_";
};
struct EventTag {
  static constexpr std::string_view prefix = "evt_";
};

using BrandId = Id<BrandTag>;
using KeyId = Id<KeyTag>;
using InfluencerId = Id<InfluencerTag>;
using CampaignId = Id<CampaignTag>;
using DealId = Id<DealTag>;
using LinkId = Id<LinkTag>;
using CodeId = Id<CodeTag>;
using BatchId = Id<BatchTag>;
using CodeUseId = Id<CodeUseTag>;
using ClickId = Id<ClickTag>;
using OrderId = Id<OrderTag>;
using RefundId = Id<RefundTag>;
using CreditId = Id<CreditTag>;
using CommissionId = Id<CommissionTag>;
using PostId = Id<PostTag>;
using CostId = Id<CostTag>;
using IntegrationId = Id<IntegrationTag>;
using DeliveryId = Id<DeliveryTag>;
using SignalId = Id<SignalTag>;
using EventId = Id<EventTag>;

// Makes numbers that rise: milliseconds since 2020 in the upper 41 bits (until 2089), below them 22
// bits that start at random in each millisecond and count up. Never repeats and never falls within
// a process, even when the clock jumps back. Two processes collide with about n/2²² per shared
// millisecond; the tables' unique keys refuse that and the transaction is tried again.
class IdMaker {
 public:
  // `low_start` in 0 … 2²²−1 is the random start of the low part; randomness comes from the caller.
  std::int64_t next(Instant now, std::uint32_t low_start);

 private:
  std::int64_t last_ = 0;
};

// The millisecond in which the number was made.
Instant instant_of_id(std::int64_t number);
// The smallest number an id made at this instant can have; for range scans by time.
std::int64_t first_id_at(Instant at);

// One process-wide maker for rows of the main database, safe to call from any thread.
std::int64_t new_id_number(Instant now);
template <class AnyId>
AnyId new_id(Instant now) {
  return AnyId{new_id_number(now)};
}

}  // namespace fairlead::core

template <class Tag>
struct std::hash<fairlead::core::Id<Tag>> {
  std::size_t operator()(fairlead::core::Id<Tag> id) const noexcept {
    return static_cast<std::size_t>(id.number);
  }
};

// Codes that leak to coupon sites and browser extensions: found, counted, and acted upon. Part of
// the front door of codes/; admin/ shows the findings, and the test itself is leak_test.hpp.
//
// What is known of a use: when it was, and, once its order is here, whether the order names a click
// of the code's influencer that could take part in attribution (else the use is "cold"). Of such a
// click, while the click file still has it: referrer, country, network prefix; and how long before
// the order it came. Beside them: the influencer's posts, the valid clicks on the deal's links by
// day, and the uses of the brand's other codes. Uses without an order count for the number of uses
// alone. Nothing here is about a person.
//
// Threads: inside the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codes/code_looks.hpp"
#include "codes/leak_verdict.hpp"
#include "core/id.hpp"
#include "core/money.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::codes {

inline constexpr std::int64_t leak_history_days = 180;  // before the period
inline constexpr std::int64_t leak_period_days = 90;    // of a look that names no period
inline constexpr std::int64_t leak_period_days_max = 366;

struct LeakQuestion {
  core::BrandId brand;
  core::Zone zone = core::Zone::utc();
  core::Period period{};      // whole days of the zone; at most leak_period_days_max of them
  core::Instant now{};        // days behind it are to come
  core::CampaignId campaign;  // 0 = all; of the answer only, every code is compared with all others
  LeakLevels levels;
};

struct LeakedCost {
  core::Currency currency;
  std::int64_t discount_minor = 0;    // of all uses since the leak began …
  std::int64_t commission_minor = 0;  // … and what their orders earned, after refunds
  std::int64_t leaked_minor = 0;      // of both, the leaked share
  std::int64_t leaked_low_minor = 0;  // its 95 % interval
  std::int64_t leaked_high_minor = 0;
};

struct LeakFinding {
  core::CodeId code;
  std::string text;
  core::CodeId variant_of;
  std::string placement;
  core::CodeId replaced_by;
  bool is_enabled = true;
  core::DealId deal;
  core::InfluencerId influencer;
  core::CampaignId campaign;
  std::int64_t uses = 0;       // of the period
  Share cold;                  // of its uses whose order is known
  std::int64_t countries = 0;  // of the clicks that its orders name
  std::int64_t networks = 0;   // different prefixes of them, /24 and /48
  LeakEvidence evidence;
  double p = 1;
  double q = 1;
  LeakVerdict verdict = LeakVerdict::too_few;
  // What follows is of watch and likely_leak alone.
  core::Day since;
  core::Day since_first;
  core::Day since_last;
  Share cold_since;
  LeakedUses leaked;
  std::vector<LeakedCost> costs;  // by currency
};
// Every code of the brand (of the campaign) that was used in the period, likely leaks first, then
// by p, then by id. q is over all codes of the brand that have enough uses. Errc::overflow: more
// than 200,000 uses in period and history. `clicks` is a session of the click file; without it
// nothing is known of clicks but that they were.
core::Result<std::vector<LeakFinding>> find_leaks(storage::Session& session,
                                                  storage::Session* clicks,
                                                  const LeakQuestion& question);

// "none", "watch", "rotate" or "hold_commissions": what a person should think of first.
std::string_view recommended_action(const LeakFinding& finding);

// No discount any more; orders with it attribute as before. Errc::not_found.
core::Result<void> pause_code(storage::Session& session, core::BrandId brand, core::CodeId code);
struct RotatedCode {
  core::CodeId successor;
  std::string text;
};
enum class RotationRefusal : std::uint8_t {
  no_such_code,
  archived,         // the code or its deal
  rotated,          // before, to another code
  placement_taken,  // by a variant that was made while this one was switched off
  text_taken,
  text_too_similar,  // to a code of another influencer
  bad_text           // none that a code may have
};
struct RefusedRotation {
  RotationRefusal why;
  std::string detail;  // a sentence for whoever asked
};
// Pauses the code for good and makes another with the same terms, deal and placement; `text` "" =
// the old one with a random end. A refusal has written nothing.
boost::system::result<RotatedCode, RefusedRotation> rotate_code(storage::Session& session,
                                                                core::BrandId brand,
                                                                core::CodeId code,
                                                                std::string_view text,
                                                                Similar similar, core::Instant now);

struct LeakPolicy {
  std::vector<std::string> actions{"notify"};  // of notify, pause, hold_commissions
  std::vector<std::string> coupon_hosts;       // on top of the built-in ones
  std::int64_t version = 0;
};
LeakPolicy find_leak_policy(storage::Session& session, core::BrandId brand);
void put_leak_policy(storage::Session& session, core::BrandId brand, const LeakPolicy& policy);

// Notes that a code was found leaking. False when that was noted within the last leak_period_days:
// it is told once, also when two servers look at the same time.
bool note_leak(storage::Session& session, core::BrandId brand, core::CodeId code, core::Day since,
               core::Instant now);

// Whether a host of a referrer belongs to a site or an extension of coupons: itself or the domain
// above it is in the list or in `own`. Lower case, without port.
bool is_coupon_host(std::string_view host, const std::vector<std::string>& own);

}  // namespace fairlead::codes

// Who a visitor is allowed to be: a brand that has its visitors' consent may know them by the
// cookie fl_v, everyone else by the day's hash, and whoever says Sec-GPC or DNT by nothing at all.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace fairlead::redirect {

// Stored in a click's flags, and frozen: add, never renumber.
enum class Consent : std::uint8_t { not_asked = 0, denied = 1, granted = 2, not_required = 3 };
std::string_view word_of(Consent consent);
Consent consent_of(std::string_view word);  // an unknown word is `denied`

// What the brand declared.
struct VisitorPolicy {
  bool uses_cookie = false;
  Consent consent = Consent::not_asked;
};

// What the request says.
struct VisitorSigns {
  bool has_opted_out = false;  // Sec-GPC: 1 or DNT: 1
  std::string_view cookie;     // value of fl_v, "" when there is none
  std::string_view query;      // "fl_consent=denied" withdraws; nothing unsigned grants
  std::uint64_t random = 0;    // for the id of a visitor who has none yet
  core::Instant now;
};

enum class CookieChange { none, set, remove };

struct VisitorPlan {
  Consent consent = Consent::not_asked;
  bool may_hash = true;      // may be known by the hash of the day
  std::int64_t visitor = 0;  // the cookie's id; 0 = not known by a cookie
  CookieChange change = CookieChange::none;
};

// Ids in cookies rise with the time they were made, as all ids do (core/id.hpp). A cookie that is
// no id, or was made later than now or more than cookie_age_s_max ago, counts as none: it is
// replaced, and an age is never extended by a visit.
VisitorPlan plan_visitor(const VisitorPolicy& policy, const VisitorSigns& signs);

inline constexpr std::int64_t cookie_age_s_max = 34'128'000;  // 395 days

// The header line with its line end, "Set-Cookie: fl_v=…\r\n"; "" when nothing changes.
std::string cookie_line(const VisitorPlan& plan, bool via_tls);

// The value of fl_v in a Cookie header; "" when there is none.
std::string_view visitor_cookie(std::string_view cookie_header);

}  // namespace fairlead::redirect

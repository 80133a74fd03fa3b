// Who gets which cookie: every combination of mode, consent, opt-out and cookie.
#include "redirect/visitor_cookie.hpp"

#include <gtest/gtest.h>

#include "core/id.hpp"

namespace fairlead::redirect {
namespace {

constexpr core::Instant now{1'800'000'000'000'000};
constexpr std::int64_t second = 1'000'000;

std::string cookie_made(core::Instant at) {
  const auto plan = plan_visitor({true, Consent::granted}, {.random = 77, .now = at});
  const std::string line = cookie_line(plan, false);
  return line.substr(line.find('=') + 1, 16);
}

VisitorSigns with_cookie(const std::string& cookie) {
  return {.cookie = cookie, .random = 5, .now = now};
}

TEST(VisitorCookie, IsSetOnlyWithModeAndConsentAndWithoutOptOut) {
  for (const bool uses_cookie : {false, true})
    for (const Consent consent :
         {Consent::not_asked, Consent::denied, Consent::granted, Consent::not_required})
      for (const bool has_opted_out : {false, true})
        for (const bool has_cookie : {false, true}) {
          const std::string cookie = has_cookie ? cookie_made({now.micros - second}) : "";
          VisitorSigns signs = with_cookie(cookie);
          signs.has_opted_out = has_opted_out;
          const VisitorPlan plan = plan_visitor({uses_cookie, consent}, signs);
          const bool may = uses_cookie && !has_opted_out &&
                           (consent == Consent::granted || consent == Consent::not_required);
          const CookieChange wanted = may == has_cookie ? CookieChange::none
                                      : may             ? CookieChange::set
                                                        : CookieChange::remove;
          EXPECT_EQ(plan.change, wanted) << uses_cookie << word_of(consent) << has_opted_out;
          EXPECT_EQ(plan.visitor != 0, may);
          EXPECT_EQ(plan.may_hash, !has_opted_out);
          EXPECT_EQ(plan.consent, consent);
        }
}

TEST(VisitorCookie, KeepsTheIdItWasGivenAndIsNotExtended) {
  const auto plan = plan_visitor({true, Consent::granted},
                                 with_cookie(cookie_made({now.micros - 3600 * second})));
  EXPECT_EQ(plan.change, CookieChange::none);
  EXPECT_EQ(core::instant_of_id(plan.visitor).micros, now.micros - 3600 * second);
  EXPECT_EQ(cookie_line(plan, true), "");
}

TEST(VisitorCookie, ThatIsForgedOrTooOldOrOfTheFutureIsReplaced) {
  const std::string too_old = cookie_made({now.micros - (cookie_age_s_max + 1) * second});
  const std::string ahead = cookie_made({now.micros + second});
  for (const std::string& cookie :
       {too_old, ahead, std::string("0000000000000000"), std::string("-000000000000001"),
        std::string("zzzzzzzzzzzzzzzz"), std::string("1"), std::string(17, '1')}) {
    const auto plan = plan_visitor({true, Consent::granted}, with_cookie(cookie));
    EXPECT_EQ(plan.change, CookieChange::set) << cookie;
    EXPECT_EQ(core::instant_of_id(plan.visitor), now) << cookie;
  }
}

TEST(VisitorCookie, OnlyAWholePairWithdraws) {
  const auto consent = [](std::string_view query) {
    return plan_visitor({true, Consent::granted}, {.query = query, .now = now}).consent;
  };
  EXPECT_EQ(consent("fl_consent=denied"), Consent::denied);
  EXPECT_EQ(consent("a=1&fl_consent=denied&b=2"), Consent::denied);
  EXPECT_EQ(consent("xfl_consent=denied"), Consent::granted);
  EXPECT_EQ(consent("fl_consent=denied2&fl_consent=denied"), Consent::denied);
  EXPECT_EQ(
      plan_visitor({true, Consent::denied}, {.query = "fl_consent=granted", .now = now}).consent,
      Consent::denied)
      << "nothing unsigned grants";
}

TEST(VisitorCookie, LineIsAsTheStandardAsks) {
  const auto set = plan_visitor({true, Consent::not_required}, {.random = 1, .now = now});
  const std::string line = cookie_line(set, true);
  EXPECT_TRUE(line.starts_with("Set-Cookie: fl_v="));
  EXPECT_TRUE(line.ends_with("; Max-Age=34128000; Path=/; HttpOnly; SameSite=Lax; Secure\r\n"));
  EXPECT_EQ(cookie_line(set, false).find("Secure"), std::string::npos);
  const auto removed = plan_visitor({false, Consent::granted}, with_cookie("x"));
  EXPECT_EQ(cookie_line(removed, false),
            "Set-Cookie: fl_v=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax\r\n");
}

TEST(VisitorCookie, IsFoundAmongOthers) {
  EXPECT_EQ(visitor_cookie("a=b; fl_v=123; c=d"), "123");
  EXPECT_EQ(visitor_cookie("fl_v=123"), "123");
  EXPECT_EQ(visitor_cookie("xfl_v=1; fl_v2=2"), "");
  EXPECT_EQ(visitor_cookie(""), "");
}

}  // namespace
}  // namespace fairlead::redirect

// Who may grant: the brand's own signature, fresh, on exactly what was sent; nothing else ever.
#include "redirect/consent_grant.hpp"

#include <gtest/gtest.h>

#include "core/crypto.hpp"
#include "tests/redirect/running_redirect.hpp"
#include "tests/redirect/shop.hpp"

namespace fairlead::redirect {
namespace {

using test::start_of_test;
constexpr core::BrandId brand{11};
const TokenKey key{1, std::string(32, 's')};
constexpr std::int64_t now_s = start_of_test.micros / 1'000'000;

std::string grant(std::int64_t made_s, core::BrandId of = brand, const TokenKey& by = key) {
  const std::string text = "granted." + std::to_string(made_s);
  const core::Digest mac = core::hmac_sha256(consent_key(by, of), text);
  return "fl_consent=" + text + "." + core::hex(core::as_text(mac)).substr(0, 32);
}

bool grants(std::string_view query) {
  return grants_consent({key}, brand, query, start_of_test);
}

TEST(ConsentGrant, IsTakenWhenTheBrandSignedItWithinMinutes) {
  EXPECT_EQ(consent_key(key, brand).size(), 43u);
  EXPECT_TRUE(grants(grant(now_s)));
  EXPECT_TRUE(grants("a=1&" + grant(now_s) + "&b=2"));
  EXPECT_TRUE(grants("fl_consent=maybe&" + grant(now_s)));
  EXPECT_TRUE(grants(grant(now_s - grant_age_s_max)));
  EXPECT_TRUE(grants(grant(now_s + grant_ahead_s_max)));
  const TokenKey newer{2, std::string(32, 'n')};
  EXPECT_TRUE(grants_consent({newer, key}, brand, grant(now_s), start_of_test)) << "keys rotate";
}

TEST(ConsentGrant, ThatIsUnsignedExpiredForeignOrChangedIsNone) {
  EXPECT_FALSE(grants(""));
  EXPECT_FALSE(grants("fl_consent=granted"));
  EXPECT_FALSE(grants("fl_consent=granted."));
  EXPECT_FALSE(grants("fl_consent=granted.." + std::string(32, '0')));
  EXPECT_FALSE(grants("fl_consent=granted." + std::to_string(now_s) + "." + std::string(32, '0')));
  EXPECT_FALSE(grants(grant(now_s - grant_age_s_max - 1)));
  EXPECT_FALSE(grants(grant(now_s + grant_ahead_s_max + 1)));
  EXPECT_FALSE(grants(grant(now_s, core::BrandId{12}))) << "another brand's";
  EXPECT_FALSE(grants(grant(now_s, brand, {1, std::string(32, 'x')}))) << "another server's";
  EXPECT_FALSE(grants("x" + grant(now_s)));
  EXPECT_FALSE(grants("x=" + grant(now_s)));
  const std::string good = grant(now_s);
  for (std::size_t i = std::string_view("fl_consent=").size(); i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == '1' ? '2' : '1';
    EXPECT_FALSE(grants(changed)) << changed;
    EXPECT_FALSE(grants(good.substr(0, i))) << i;
  }
  EXPECT_FALSE(grants(good + "0"));
}

class ConsentOfAClick : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(ConsentOfAClick);

TEST_P(ConsentOfAClick, IsTheBrandsDeclarationUnlessTheClickBringsAGrant) {
  test::Shop shop(database());
  shop.add_link({.slug = "mia"});
  const test::TestStatement use_cookie("UPDATE brands SET visitor_mode = 'cookie'");
  shop.run(use_cookie);
  core::ManualClock clock{start_of_test};
  test::RunningRedirect redirect(database(), clock);
  const auto cookie = [&](const std::string& query) {
    const test::Answered answer = redirect.get("/mia", query);
    const auto found = answer.headers.find("Set-Cookie");
    return found == answer.headers.end() ? "" : found->second.substr(0, 5);
  };
  EXPECT_EQ(cookie(""), "");
  EXPECT_EQ(cookie("fl_consent=granted"), "");
  EXPECT_EQ(cookie(grant(now_s - 3'600)), "");
  EXPECT_EQ(cookie(grant(now_s)), "fl_v=");
  EXPECT_EQ(cookie(grant(now_s) + "&fl_consent=denied"), "") << "a withdrawal wins";
  redirect.more_headers = {{"Sec-GPC", "1"}};
  EXPECT_EQ(cookie(grant(now_s)), "") << "and so does who forbids to be known";
  const auto count = [&](const test::TestStatement& clicks) {
    return redirect.read_clicks()
        ->read([&](storage::Session& session) { return session.run(clicks).one().integer(0); })
        .value();
  };
  const test::TestStatement granted("SELECT COUNT(*) FROM clicks WHERE flags / 256 % 4 = 2");
  EXPECT_EQ(count(granted), 2) << "what was granted is stored, also of who forbids to be known";
  const test::TestStatement by_cookie("SELECT COUNT(*) FROM clicks WHERE flags / 1024 % 2 = 1");
  EXPECT_EQ(count(by_cookie), 1) << "known from click to click";
}

}  // namespace
}  // namespace fairlead::redirect

// Export and erasure of one person through the real program: complete before, nothing after, and
// no total changed.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "core/crypto.hpp"
#include "core/time.hpp"
#include "tests/whole/program.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

constexpr const char* customer_key = "customer-7741-planted";

class Privacy : public ProgramOnEveryEngine {
 protected:
  Privacy() { keys_ = init_brand(arguments()); }

  // Whether any file of the data directory, or of SQLite's database, holds these bytes.
  bool is_in_a_file(const std::string& planted) const {
    std::vector<std::filesystem::path> folders{directory_.file("data")};
    if (GetParam() == storage::Engine::sqlite)
      folders.push_back(std::filesystem::path(database_.url().substr(7)).parent_path());
    for (const auto& folder : folders) {
      const std::filesystem::recursive_directory_iterator files(folder);
      for (const auto& file : files) {
        if (!file.is_regular_file()) continue;
        std::ifstream in(file.path(), std::ios::binary);
        std::ostringstream bytes;
        bytes << in.rdbuf();
        if (bytes.str().find(planted) != std::string::npos) return true;
      }
    }
    return false;
  }
  // A brand with one order of that customer, who used a code.
  static void order_of_the_customer(Shop& shop) {
    shop.set_up();
    json::object order = Shop::order_body("A-1", shop.click(), "MIA10");
    order["customer"] = {{"key", customer_key}};
    const auto booked = shop.as_shop("POST", "/v1/orders", order);
    EXPECT_EQ(booked.status, 201) << booked.body;
  }
};
INSTANTIATE_ON_ENGINES(Privacy);

TEST_P(Privacy, ACustomerIsExportedWholeAndThenForgottenWithoutChangingATotal) {
  std::string report_before;
  {
    ServerProcess server(arguments());
    Shop shop(server.port(), keys_);
    order_of_the_customer(shop);
    report_before = shop.as_admin("GET", "/v1/reports/roi?group_by=influencer").body;
    EXPECT_EQ(server.stop(), 0);
  }
  if (GetParam() == storage::Engine::sqlite) {
    EXPECT_TRUE(is_in_a_file(customer_key)) << "the search must be able to find it";
  }
  const Ran exported = run({"privacy", "export", "--customer", customer_key});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  const json::value facts = json::parse(exported.out);
  ASSERT_EQ(facts.at("orders").as_array().size(), 1u) << exported.out;
  EXPECT_EQ(facts.at("orders").at(0).at("order_ref").as_string(), "A-1");
  ASSERT_EQ(facts.at("code_uses").as_array().size(), 1u) << exported.out;
  EXPECT_EQ(facts.at("code_uses").at(0).at("code").as_string(), "MIA10");

  const Ran asked = run({"privacy", "erase", "--customer", customer_key});
  EXPECT_EQ(asked.exit_code, 2) << "nothing is erased without --yes";
  EXPECT_NE(asked.err.find("--yes"), std::string::npos) << asked.err;
  const Ran erased = run({"privacy", "erase", "--customer", customer_key, "--yes"});
  ASSERT_EQ(erased.exit_code, 0) << erased.err;
  EXPECT_EQ(json::parse(erased.out).at("orders").as_int64(), 1);

  const Ran again = run({"privacy", "export", "--customer", customer_key});
  EXPECT_TRUE(json::parse(again.out).at("orders").as_array().empty()) << again.out;
  EXPECT_FALSE(is_in_a_file(customer_key));
  const Ran verified = run({"verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  ServerProcess server(arguments());
  Shop shop(server.port(), keys_);
  EXPECT_EQ(shop.as_admin("GET", "/v1/reports/roi?group_by=influencer").body, report_before);
  EXPECT_EQ(server.stop(), 0);
}

TEST_P(Privacy, AnInfluencerIsForgottenButTheirCommissionStaysExplained) {
  std::string influencer;
  {
    ServerProcess server(arguments());
    Shop shop(server.port(), keys_);
    order_of_the_customer(shop);
    influencer = shop.influencer_id;
    EXPECT_EQ(server.stop(), 0);
  }
  const Ran exported = run({"privacy", "export", "--influencer", influencer});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  const json::value facts = json::parse(exported.out);
  const std::string name(facts.at("influencer").at("name").as_string());
  ASSERT_FALSE(name.empty());
  EXPECT_EQ(facts.at("balances").at(0).at("amount_minor").as_int64(), 900)
      << "what is still owed is said before the person is gone";

  const Ran erased = run({"privacy", "erase", "--influencer", influencer, "--yes"});
  ASSERT_EQ(erased.exit_code, 0) << erased.err;
  EXPECT_EQ(json::parse(erased.out).at("links_archived").as_int64(), 1);
  EXPECT_EQ(json::parse(erased.out).at("codes_archived").as_int64(), 1);
  EXPECT_FALSE(is_in_a_file("\"" + name + "\""));
  const Ran verified = run({"verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;

  ServerProcess server(arguments());
  Shop shop(server.port(), keys_);
  EXPECT_EQ(shop.click(), "") << "the link is archived";
  const auto commissions = shop.as_admin("GET", "/v1/commissions");
  EXPECT_NE(commissions.body.find("900"), std::string::npos) << commissions.body;
  EXPECT_EQ(server.stop(), 0);
}

TEST_P(Privacy, AVisitorIsKnownByACookieOnlyWithConsentAndNeverAgainstTheirWill) {
  ServerProcess server(arguments());
  Shop shop(server.port(), keys_);
  shop.set_up();
  test::HttpClient client(server.port());
  const auto cookie_of = [&](const std::string& target, test::HttpHeaders headers) {
    headers.emplace_back("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0");
    const auto answer = client.request("GET", target, headers);
    EXPECT_EQ(answer.status, 302);
    return answer.header("Set-Cookie");
  };
  EXPECT_EQ(cookie_of("/mia-summer", {}), "") << "cookieless unless the brand says otherwise";
  const auto changed =
      shop.as_admin("PATCH", "/v1/brand", {{"visitor_mode", "cookie"}, {"consent", "granted"}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  const std::string set = cookie_of("/mia-summer", {});
  ASSERT_TRUE(set.starts_with("fl_v=")) << set;
  const std::string cookie = set.substr(0, set.find(';'));
  EXPECT_EQ(cookie_of("/mia-summer", {{"Cookie", cookie}}), "") << "known already";
  const std::string gone = "fl_v=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax";
  EXPECT_EQ(cookie_of("/mia-summer", {{"Cookie", cookie}, {"Sec-GPC", "1"}}), gone);
  EXPECT_EQ(cookie_of("/mia-summer?fl_consent=denied", {{"Cookie", cookie}}), gone);
  EXPECT_EQ(cookie_of("/mia-summer", {{"DNT", "1"}}), "");
  const auto refused = shop.as_admin("PATCH", "/v1/brand", {{"consent", "perhaps"}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("/consent"), std::string::npos) << refused.body;
  EXPECT_EQ(server.stop(), 0);
}

TEST_P(Privacy, AConsentPlatformGrantsWithTheKeyItIsGiven) {
  const Ran printed = run({"key", "consent", "--json"});
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  const std::string key(json::parse(printed.out).at("consent_key").as_string());
  EXPECT_EQ(run({"key", "consent"}).out, key + "\n");
  ServerProcess server(arguments());
  Shop shop(server.port(), keys_);
  shop.set_up();
  ASSERT_EQ(shop.as_admin("PATCH", "/v1/brand", {{"visitor_mode", "cookie"}}).status, 200);
  test::HttpClient client(server.port());
  const auto cookie_of = [&](const std::string& by_key) {
    const std::string text =
        "granted." + std::to_string(core::SystemClock().now().micros / 1'000'000);
    const std::string mac = core::hex(core::as_text(core::hmac_sha256(by_key, text)));
    return client
        .request("GET", "/mia-summer?fl_consent=" + text + "." + mac.substr(0, 32),
                 {{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"}})
        .header("Set-Cookie");
  };
  EXPECT_TRUE(cookie_of(key).starts_with("fl_v="));
  EXPECT_EQ(cookie_of(std::string(43, 'k')), "");
  EXPECT_EQ(server.stop(), 0);
}

TEST_P(Privacy, ABadCallNamesWhatIsMissing) {
  const Ran nobody = run({"privacy", "export"});
  EXPECT_EQ(nobody.exit_code, 2);
  EXPECT_NE(nobody.err.find("--customer"), std::string::npos) << nobody.err;
  const Ran both = run({"privacy", "erase", "--customer", "x", "--influencer", "inf_x", "--yes"});
  EXPECT_EQ(both.exit_code, 2);
  const Ran unknown = run({"privacy", "export", "--influencer", "inf_0000000000001"});
  EXPECT_EQ(unknown.exit_code, 2) << unknown.err;
  EXPECT_NE(unknown.err.find("inf_"), std::string::npos) << unknown.err;
}

}  // namespace
}  // namespace fairlead::whole

// POST /v1/codes/check as a shop's page sees it: what it is told, what it is not, and how often it
// may ask. Through the real route and table of roles, on both engines.
#include "codes/page_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <utility>

#include "codes/rules.hpp"
#include "codes/stored_code.hpp"
#include "tests/codes/checkout.hpp"

namespace fairlead::codes {

namespace {

constexpr const char* page = "https://shop.example";
constexpr GuessLimitOptions no_limits{
    .network_minute_max = 0, .key_minute_max = 0, .brand_minute_max = 0};

// A page of the brand's shop: the route with a key of role browser behind it.
class Page {
 public:
  Page(Checkout& shop, GuessLimitOptions limits) : Page(shop, shop.database, limits) {}
  Page(Checkout& shop, storage::Database& database, GuessLimitOptions limits)
      : shop_(shop),
        code_check_({database, {}}, limits),
        router_(code_check_.routes(), [&shop](std::string_view token, core::Instant) {
          net::Principal who{shop.brand, core::KeyId{9}, net::Role::browser, {}, {page}};
          if (token == "other") who.brand = shop.other_brand;
          if (token == "shop") who.role = net::Role::shop;
          return core::Result<net::Principal>(who);
        }) {}

  Reply check(std::string_view body, std::string_view address = "203.0.113.7",
              std::string_view key = "browser") const {
    const auto authorization = "Bearer " + std::string(key);
    net::Request request;
    request.method = net::Method::post;
    request.path = "/v1/codes/check";
    request.body = body;
    request.client_address = address;
    request.headers = {{"Authorization", authorization}, {"Origin", page}};
    auto answer = router_.answer(request, shop_.clock.now());
    return {answer.status, std::move(answer.body), std::move(answer.headers)};
  }
  double counted(std::string_view answer) const {
    std::vector<core::Metric> metrics;
    code_check_.collect(metrics);
    for (const auto& metric : metrics)
      if (metric.labels.front().second == answer) return metric.value;
    ADD_FAILURE() << "there is no metric of " << answer;
    return -1;
  }

 private:
  Checkout& shop_;
  CodeCheck code_check_;
  net::Router router_;
};

// Notes the name of each statement that is run in a read.
class Watched final : public storage::Database {
 public:
  explicit Watched(storage::Database& inner) : inner_(inner) {}
  storage::Engine engine() const override { return inner_.engine(); }
  core::Result<void> check() override { return inner_.check(); }
  void append_metrics(std::vector<core::Metric>&) const override {}
  std::vector<std::string> take_names() { return std::exchange(names_, {}); }

 protected:
  core::Result<void> in_write_transaction(const Body& body) override {
    return inner_.transact([&](storage::Session& session) { body(session); });
  }
  core::Result<void> in_read_transaction(const Body& body) override {
    return inner_.read([&](storage::Session& session) {
      WatchedSession watched(session, names_);
      body(watched);
    });
  }

 private:
  class WatchedSession final : public storage::Session {
   public:
    WatchedSession(storage::Session& inner, std::vector<std::string>& names)
        : inner_(inner), names_(names) {}
    storage::Rows run_values(const storage::Statement& statement,
                             std::span<const storage::Value> values) override {
      names_.emplace_back(statement.name);
      return inner_.run_values(statement, values);
    }
    void prepare(const storage::Statement& statement) override { inner_.prepare(statement); }

   private:
    storage::Session& inner_;
    std::vector<std::string>& names_;
  };

  storage::Database& inner_;
  std::vector<std::string> names_;
};

class Check : public test::OnEveryEngine {
 protected:
  static std::string cart(std::string_view code, std::int64_t subtotal_minor = 10'000,
                          std::string_view currency = "EUR") {
    return R"({"code":")" + std::string(code) + R"(","currency":")" + std::string(currency) +
           R"(","subtotal_minor":)" + std::to_string(subtotal_minor) + "}";
  }
  Checkout shop{database()};
};
INSTANTIATE_ON_ENGINES(Check);

TEST_P(Check, TellsTheDiscountAndNothingElse) {
  Page page_of(shop, {});
  shop.create("MIA10", R"("discount":{"kind":"percent","rate_ppm":100000},
      "limits":{"uses_max":3,"budget_minor":100000})");
  const auto reply = page_of.check(R"({"code":" mia10 ","currency":"EUR","shipping_minor":490,
      "items":[{"line_id":"a","quantity":2,"unit_price_minor":2500}]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"valid":true,"discount":{"amount_minor":500,"currency":"EUR",)"
                        R"("allocations":[{"target":"line","line_id":"a","amount_minor":500}]}})");
  EXPECT_EQ(page_of.counted("valid"), 1);
  EXPECT_EQ(shop.count_uses("redeemed"), 0);
}

TEST_P(Check, EveryRefusalIsTheSameToTheByte) {
  Page page_of(shop, no_limits);
  shop.create("MIA10", ten_percent);
  const auto disabled = shop.create("OFF10", ten_percent);
  ASSERT_EQ(shop.patch(disabled, R"({"enabled":false})").status, 200);
  const auto archived = shop.create("GONE10", ten_percent);
  ASSERT_EQ(shop.call(net::Method::del, "/v1/codes/" + archived, "", "admin").status, 200);
  shop.create("SOON10", std::string(ten_percent) + R"(,"starts_at":"2026-04-01T00:00:00Z")");
  shop.create("PAST10", std::string(ten_percent) + R"(,"ends_at":"2026-03-01T00:00:00Z")");
  shop.create("FIX5", R"("discount":{"kind":"fixed","amount_minor":500,"currency":"USD"})");
  shop.create("BIG10", std::string(ten_percent) + R"(,"limits":{"subtotal_min_minor":50000})");
  shop.create("ONCE10", std::string(ten_percent) + R"(,"limits":{"uses_max":1})");
  ASSERT_EQ(shop.redeem(cart_json("ONCE10", "A-1", 100)).status, 200);
  shop.create("POOR10", std::string(ten_percent) + R"(,"limits":{"budget_minor":1})");
  // A page names no customer, no group and no click, so what needs one is refused.
  shop.create("FIRST10", std::string(ten_percent) + R"(,"customers":{"first_order_only":true})");
  shop.create("STAFF10", std::string(ten_percent) + R"(,"customers":{"groups":["staff"]})");
  shop.create("CLICK10", std::string(ten_percent) + R"(,"customers":{"click_within_hours":48})");
  shop.create("MUGS10", std::string(ten_percent) + R"(,"items":{"skus":["MUG"]})");
  shop.create("SUN10", std::string(ten_percent) +
                           R"(,"schedule":{"timezone":"UTC","windows":[{"weekdays":["sun"]}]})");
  shop.create("HELD10", std::string(ten_percent) + R"(,"limits":{"uses_max":1})");
  ASSERT_EQ(shop.reserve(cart_json("HELD10", "A-2", 100)).status, 201);

  const std::pair<const char*, const char*> cases[] = {{"NEVER10", "code_not_found"},
                                                       {"OFF10", "code_disabled"},
                                                       {"GONE10", "code_disabled"},
                                                       {"SOON10", "code_not_started"},
                                                       {"PAST10", "code_expired"},
                                                       {"FIX5", "currency_mismatch"},
                                                       {"BIG10", "min_subtotal_not_met"},
                                                       {"ONCE10", "usage_limit_reached"},
                                                       {"POOR10", "budget_exhausted"},
                                                       {"FIRST10", "customer_required"},
                                                       {"STAFF10", "customer_not_eligible"},
                                                       {"CLICK10", "click_required"},
                                                       {"MUGS10", "items_not_eligible"},
                                                       {"SUN10", "outside_schedule"},
                                                       {"HELD10", "usage_limit_held"},
                                                       {"'; DROP TABLE codes", "code_not_found"},
                                                       {"A", "code_not_found"},
                                                       {"%4d", "code_not_found"},
                                                       {"größe", "code_not_found"}};
  const auto first = page_of.check(cart("NEVER10"));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, R"({"valid":false,"reason":{"code":"code_not_applicable",)"
                        R"("message":"This code cannot be used for this cart."}})");
  for (const auto& [code, reason] : cases) {
    const auto before = page_of.counted(reason);
    const auto reply = page_of.check(cart(code));
    EXPECT_EQ(reply.status, first.status) << code;
    EXPECT_EQ(reply.body, first.body) << code;
    EXPECT_EQ(reply.headers, first.headers) << code;
    EXPECT_EQ(page_of.counted(reason), before + 1) << code;
  }
  const std::string longest(255, 'X');
  EXPECT_EQ(page_of.check(cart(longest)).body, first.body);
}

TEST_P(Check, AnUnknownCodeTakesTheStatementsOfAKnownOne) {
  Watched watched(database());
  Page page_of(shop, watched, no_limits);
  shop.create("MIA10",
              std::string(ten_percent) + R"(,"limits":{"uses_max":1,"uses_per_customer_max":1})");
  const auto disabled = shop.create("OFF10", std::string(ten_percent) +
                                                 R"(,"limits":{"uses_max":1,
                                                 "uses_per_customer_max":1})");
  ASSERT_EQ(shop.patch(disabled, R"({"enabled":false})").status, 200);
  shop.create("LEFT10", std::string(ten_percent) +
                            R"(,"limits":{"uses_max":1,
                                                "uses_per_customer_max":1})");
  shop.run(
      "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, created_at, "
      "archived_at) VALUES (1001, 3009, 4001, 2001, 0, 1)");
  shop.run("UPDATE codes SET deal_id = 3009 WHERE folded = 'LEFT10'");
  page_of.check(cart("MIA10"));
  const auto of_known = watched.take_names();
  EXPECT_GE(of_known.size(), 4U);
  for (const char* code : {"OFF10", "LEFT10", "NEVER10"}) {
    page_of.check(cart(code));
    EXPECT_EQ(watched.take_names(), of_known) << code;
  }
}

// Whatever limits a code or its campaign has, and however far a judgement comes.
TEST_P(Check, EveryRefusalTakesTheSameStatementsEachAsOften) {
  Watched watched(database());
  Page page_of(shop, watched, no_limits);
  const auto with = [](std::string_view more) {
    return std::string(ten_percent) + std::string(more);
  };
  shop.create("AAA10", ten_percent);
  shop.create("PLAIN10", with(R"(,"enabled":false)"));
  shop.create("FULL10", with(R"(,"enabled":false,"limits":{"uses_max":1,"budget_minor":900,)"
                             R"("uses_per_customer_max":1})"));
  shop.create("EACH10", with(R"(,"enabled":false,"limits":{"uses_per_customer_max":1})"));
  shop.create("ZERO10", with(R"(,"limits":{"uses_max":0})"));
  shop.create("POOR10", with(R"(,"limits":{"budget_minor":1})"));
  shop.create("HELD10", with(R"(,"limits":{"uses_max":1,"uses_per_customer_max":1})"));
  ASSERT_EQ(shop.reserve(cart_json("HELD10", "A-2", 100, "mia")).status, 201);
  shop.create("FIRST10", with(R"(,"customers":{"first_order_only":true})"));
  shop.create("CLICK10", with(R"(,"customers":{"click_within_hours":48})"));
  shop.create("MUGS10", with(R"(,"items":{"skus":["MUG"]},"limits":{"uses_max":9})"));
  for (const auto* shared : {"{}", R"({"uses_max":9})", R"({"uses_max":1,"budget_minor":10})",
                             R"({"uses_per_customer_max":3})"}) {
    shop.share_limits(shared);
    page_of.check(cart("NEVER10"));
    auto of_unknown = watched.take_names();
    std::sort(of_unknown.begin(), of_unknown.end());
    for (const char* code : {"PLAIN10", "FULL10", "EACH10", "ZERO10", "POOR10", "HELD10", "FIRST10",
                             "CLICK10", "MUGS10"}) {
      ASSERT_EQ(page_of.check(cart(code)).at("/valid"), "false") << code;
      auto of_known = watched.take_names();
      std::sort(of_known.begin(), of_known.end());
      EXPECT_EQ(of_known, of_unknown) << code << " with " << shared;
    }
  }
}

TEST_P(Check, AnotherBrandsCodeIsOneThatNeverWas) {
  Page page_of(shop, no_limits);
  shop.create("MIA10", ten_percent);
  const auto foreign = page_of.check(cart("MIA10"), "203.0.113.7", "other");
  const auto unknown = page_of.check(cart("NEVER10"), "203.0.113.7", "other");
  EXPECT_EQ(foreign.body, unknown.body);
  EXPECT_EQ(foreign.headers, unknown.headers);
  EXPECT_EQ(page_of.counted("code_not_found"), 2);
}

TEST_P(Check, KnowsNoOrderAndNoCustomer) {
  Page page_of(shop, no_limits);
  shop.create("MIA10", std::string(ten_percent) + R"(,"limits":{"uses_per_customer_max":1})");
  ASSERT_EQ(shop.redeem(cart_json("MIA10", "A-1", 100, "c-7")).status, 200);
  for (const char* field :
       {R"("order_ref":"A-1")", R"("customer":{"key":"c-7"})", R"("customer":{})",
        R"("reservation_id":"x")", R"("codes":["MIA10"])", R"("click_id":"x")"}) {
    const auto reply = page_of.check(R"({"code":"MIA10","currency":"EUR","subtotal_minor":1,)" +
                                     std::string(field) + "}");
    EXPECT_EQ(reply.status, 400) << field;
    EXPECT_EQ(reply.at("/code"), "unknown_field") << field;
  }
  // A limit per customer is judged as for somebody new; the server's redeem knows who it is.
  EXPECT_EQ(page_of.check(cart("MIA10")).at("/valid"), "true");
}

TEST_P(Check, ABodyThatIsWrongIsToldSoWhateverItsCode) {
  Page page_of(shop, {.network_minute_max = 1});
  shop.create("MIA10", ten_percent);
  const char* rests[] = {R"("currency":"EUR")", R"("currency":"EURO","subtotal_minor":1)",
                         R"("currency":"EUR","subtotal_minor":-1)"};
  for (const char* rest : rests) {
    const auto known = page_of.check(R"({"code":"MIA10",)" + std::string(rest) + "}");
    const auto unknown = page_of.check(R"({"code":"NEVER",)" + std::string(rest) + "}");
    EXPECT_EQ(known.status, 400) << rest;
    EXPECT_EQ(known.body, unknown.body) << rest;
  }
  EXPECT_EQ(page_of.check("nonsense").status, 400);
  EXPECT_EQ(page_of.check("[]").status, 400);
  EXPECT_EQ(page_of.check(cart("MIA10")).status, 200);  // none of these was a guess
}

TEST_P(Check, WrongCodesAreLimitedByNetworkAndRightOnesHardly) {
  Page page_of(shop, {.network_minute_max = 3, .key_minute_max = 7, .brand_minute_max = 0});
  shop.create("MIA10", ten_percent);
  const auto past = shop.create("PAST10", ten_percent);
  ASSERT_EQ(shop.patch(past, R"({"enabled":false})").status, 200);
  // Unknown and refused codes cost the same.
  EXPECT_EQ(page_of.check(cart("A1")).status, 200);
  EXPECT_EQ(page_of.check(cart("PAST10")).status, 200);
  EXPECT_EQ(page_of.check(cart("A2")).status, 200);
  const auto refused = page_of.check(cart("MIA10"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.at("/code"), "rate_limited");
  EXPECT_EQ(refused.header("Retry-After"), "20");
  EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), page);
  EXPECT_EQ(page_of.check(cart("A2")).body, refused.body);
  EXPECT_EQ(page_of.counted("rate_limited"), 2);

  EXPECT_EQ(page_of.check(cart("MIA10"), "198.51.100.1").at("/valid"), "true");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(page_of.check(cart("B1"), "192.0.2.9").status, 200);
  // 3 + 3 + a tenth: the key has less than one left, from wherever.
  EXPECT_EQ(page_of.check(cart("B1"), "2001:db8::1").status, 429);
  // The server's calls are not a guesser's.
  EXPECT_EQ(shop.validate(cart("MIA10")).at("/valid"), "true");

  shop.clock.advance_seconds(20);
  EXPECT_EQ(page_of.check(cart("MIA10")).at("/valid"), "true");
}

// Were a lock taken, this would wait for the transaction it is asked in.
TEST_P(Check, WaitsForNobodyWhoHoldsTheCode) {
  Page page_of(shop, {});
  const auto id = core::CodeId::parse(shop.create("MIA10", ten_percent)).value();
  shop.database
      .transact([&](storage::Session& session) {
        ASSERT_TRUE(lock_code(session, shop.brand, id).has_value());
        EXPECT_EQ(page_of.check(cart("MIA10")).at("/valid"), "true");
        EXPECT_EQ(page_of.check(cart("NEVER10")).at("/valid"), "false");
      })
      .value();
}

TEST_P(Check, IsForBrowserKeysAlone) {
  Page page_of(shop, {});
  EXPECT_EQ(page_of.check(cart("MIA10"), "203.0.113.7", "shop").status, 403);
}

TEST_P(Check, ABrandWithoutCodesRefusesAsOthersDo) {
  Page page_of(shop, {});
  const auto reply = page_of.check(cart("MIA10"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("/reason/code"), "code_not_applicable");
}

}  // namespace

}  // namespace fairlead::codes

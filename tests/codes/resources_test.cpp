// How a brand keeps its codes, through the real routes, on both engines.
#include <gtest/gtest.h>

#include "tests/codes/checkout.hpp"

namespace fairlead::codes {
namespace {

class Codes : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(Codes);

std::string new_code(const Checkout& checkout, std::string_view text, std::string_view rest) {
  return R"({"deal_id":")" + checkout.deal.text() + R"(","code":")" + std::string(text) + R"(",)" +
         std::string(rest) + "}";
}

TEST_P(Codes, CreatedCodeIsReadBackAsItWasWritten) {
  const Checkout checkout(database());
  const auto created = checkout.post(
      "/v1/codes",
      new_code(checkout, "Mia10",
               std::string(ten_percent) +
                   R"(,"limits":{"uses_max":5,"uses_per_customer_max":2,"budget_minor":9000,)"
                   R"("subtotal_min_minor":1000},"starts_at":"2026-03-01T00:00:00+01:00",)"
                   R"("ends_at":"2026-04-01T00:00:00Z")"),
      "admin");
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(created.header("ETag"), "\"1\"");
  const auto id = created.at("/id");
  EXPECT_EQ(created.header("Location"), "/v1/codes/" + id);
  const auto read = checkout.call(net::Method::get, "/v1/codes/" + id, "", "viewer");
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.body, created.body);
  EXPECT_EQ(read.body,
            R"({"id":")" + id + R"(","deal_id":")" + checkout.deal.text() +
                R"(","influencer_id":")" + core::InfluencerId{4001}.text() +
                R"(","campaign_id":")" + core::CampaignId{2001}.text() +
                R"(","code":"Mia10","discount":{"kind":"percent","rate_ppm":100000},)"
                R"("limits":{"uses_max":5,"uses_per_customer_max":2,"budget_minor":9000,)"
                R"("subtotal_min_minor":1000,"subtotal_max_minor":null,"subtotal_basis":"cart",)"
                R"("quantity_min":null,"currency":"EUR"},"items":null,"customers":null,)"
                R"("schedule":null,"stacking":null,"restores_use":true,)"
                R"("starts_at":"2026-02-28T23:00:00Z","ends_at":"2026-04-01T00:00:00Z",)"
                R"("enabled":true,"version":1,"created_at":"2026-03-02T09:15:00Z",)"
                R"("archived_at":null})");
}

TEST_P(Codes, TextIsUniqueWithoutCaseEvenAfterArchiving) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  const auto body = new_code(checkout, "mia10", ten_percent);
  EXPECT_EQ(checkout.post("/v1/codes", body, "admin").status, 409);
  EXPECT_EQ(checkout.post("/v1/codes", body, "admin").at("/code"), "code_taken");
  EXPECT_EQ(checkout.call(net::Method::del, "/v1/codes/" + id, "", "admin").status, 200);
  EXPECT_EQ(checkout.post("/v1/codes", body, "admin").at("/code"), "code_taken");
  // Another brand has its own texts.
  const auto theirs = R"({"deal_id":")" + checkout.other_brands_deal.text() +
                      R"(","code":"MIA10",)" + std::string(ten_percent) + "}";
  EXPECT_EQ(checkout.post("/v1/codes", theirs, "other_admin").status, 201);
}

TEST_P(Codes, BadNewCodesAreRefusedWithThePointer) {
  const Checkout checkout(database());
  const auto deal = R"("deal_id":")" + checkout.deal.text() + R"(",)";
  const auto foreign = R"("deal_id":")" + checkout.other_brands_deal.text() + R"(",)";
  const std::string code = R"("code":"MIA10",)";
  const std::string percent(ten_percent);
  const std::pair<std::string, std::string_view> refusals[] = {
      {code + percent, "/deal_id"},
      {R"("deal_id":"cmp_1",)" + code + percent, "/deal_id"},
      {foreign + code + percent, "/deal_id"},
      {deal + percent, "/code"},
      {deal + R"("code":"AB",)" + percent, "/code"},
      {deal + R"("code":"30$off",)" + percent, "/code"},
      {deal + R"("code":"free shipping",)" + percent, "/code"},
      {deal + R"("code":"MÜLLER",)" + percent, "/code"},
      {deal + R"("code":")" + std::string(41, 'A') + R"(",)" + percent, "/code"},
      {deal + R"("code":"MIA10")", "/discount"},
      {deal + code + R"("discount":{"kind":"half"})", "/discount/kind"},
      {deal + code + R"("discount":{"kind":"percent"})", "/discount/rate_ppm"},
      {deal + code + R"("discount":{"kind":"percent","rate_ppm":0})", "/discount/rate_ppm"},
      {deal + code + R"("discount":{"kind":"percent","rate_ppm":1000001})", "/discount/rate_ppm"},
      {deal + code + R"("discount":{"kind":"percent","rate_ppm":0.1})", "/discount/rate_ppm"},
      {deal + code + R"("discount":{"kind":"percent","rate_ppm":1,"amount_minor":5})",
       "/discount/amount_minor"},
      {deal + code + R"("discount":{"kind":"fixed","amount_minor":500})", "/discount/currency"},
      {deal + code + R"("discount":{"kind":"fixed","amount_minor":0,"currency":"EUR"})",
       "/discount/amount_minor"},
      {deal + code + R"("discount":{"kind":"free_shipping","rate_ppm":5})", "/discount/rate_ppm"},
      {deal + code + percent + R"(,"limits":{"uses_max":-1})", "/limits/uses_max"},
      {deal + code + percent + R"(,"limits":{"uses":1})", "/limits/uses"},
      {deal + code + percent + R"(,"limits":{"uses_per_customer_max":1001})",
       "/limits/uses_per_customer_max"},
      {deal + code + percent + R"(,"limits":{"budget_minor":1.5})", "/limits/budget_minor"},
      {deal + code + percent + R"(,"starts_at":"yesterday")", "/starts_at"},
      {deal + code + percent +
           R"(,"starts_at":"2026-03-02T00:00:00Z","ends_at":"2026-03-02T00:00:00Z")",
       "/ends_at"},
      {deal + code + percent + R"(,"label":"x")", "/label"},
  };
  for (const auto& [body, pointer] : refusals) {
    const auto reply = checkout.post("/v1/codes", "{" + body + "}", "admin");
    EXPECT_EQ(reply.status, 400) << body << reply.body;
    EXPECT_EQ(reply.at("/errors/0/pointer"), pointer) << body << reply.body;
  }
  EXPECT_EQ(checkout.number("SELECT COUNT(*) FROM codes"), 0);
}

TEST_P(Codes, RepeatedCreateWithItsKeyMakesOneCode) {
  const Checkout checkout(database());
  const auto body = new_code(checkout, "MIA10", ten_percent);
  const auto create = [&] {
    return checkout.call(net::Method::post, "/v1/codes", body, "admin",
                         {{"Idempotency-Key", "create-1"}});
  };
  const auto first = create();
  const auto again = create();
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("ETag"), first.header("ETag"));
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
}

TEST_P(Codes, EditsAreGuardedByTheETagAndWrittenDown) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  const auto edit = [&](std::string_view body, std::string_view etag) {
    return checkout.call(net::Method::patch, "/v1/codes/" + id, body, "admin",
                         {{"If-Match", etag}});
  };
  const auto changed = edit(R"({"limits":{"uses_max":3},"enabled":false})", "\"1\"");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.header("ETag"), "\"2\"");
  EXPECT_EQ(changed.at("/limits/uses_max"), "3");
  EXPECT_EQ(changed.at("/enabled"), "false");
  EXPECT_EQ(edit(R"({"enabled":true})", "\"1\"").status, 412);
  // What is absent stays, null takes away, and asking for what is there changes nothing.
  EXPECT_EQ(edit(R"({"ends_at":"2027-01-01T00:00:00Z"})", "*").at("/limits/uses_max"), "3");
  EXPECT_EQ(edit(R"({"limits":{"uses_max":null},"ends_at":null})", "\"3\"").at("/limits/uses_max"),
            "null");
  EXPECT_EQ(edit(R"({"enabled":false})", "\"4\"").header("ETag"), "\"4\"");
  EXPECT_EQ(checkout.number("SELECT COUNT(*) FROM audit_events WHERE verb = 'updated'"), 3);
  EXPECT_EQ(checkout.number("SELECT COUNT(*) FROM audit_events WHERE verb = 'created'"), 1);
  EXPECT_EQ(checkout.number(
                "SELECT COUNT(*) FROM audit_events WHERE change = "
                "'{\"limits\":{\"from\":{\"uses_max\":null,\"uses_per_customer_max\":null,"
                "\"budget_minor\":null,\"subtotal_min_minor\":null,\"subtotal_max_minor\":null,"
                "\"subtotal_basis\":\"cart\",\"quantity_min\":null,\"currency\":\"EUR\"},"
                "\"to\":{\"uses_max\":3,\"uses_per_customer_max\":null,\"budget_minor\":null,"
                "\"subtotal_min_minor\":null,\"subtotal_max_minor\":null,"
                "\"subtotal_basis\":\"cart\",\"quantity_min\":null,\"currency\":\"EUR\"}},"
                "\"enabled\":{\"from\":true,\"to\":false}}'"),
            1);
}

TEST_P(Codes, BadEditsChangeNothing) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  for (const auto& [body, pointer] : std::initializer_list<std::pair<const char*, const char*>>{
           {R"({"code":"LEO20"})", "/code"},
           {R"({"discount":{"kind":"free_shipping"}})", "/discount"},
           {R"({"deal_id":"x"})", "/deal_id"},
           {R"({"limits":{"uses_max":"many"}})", "/limits/uses_max"},
           {R"({"limits":5})", "/limits"},
           {R"({"enabled":1})", "/enabled"},
           {R"({"ends_at":"2026-13-01T00:00:00Z"})", "/ends_at"},
           {R"({"uses_max":5})", "/uses_max"},
           {R"({"starts_at":"2026-03-02T00:00:00Z","ends_at":"2026-03-01T00:00:00Z"})",
            "/ends_at"}}) {
    const auto reply = checkout.patch(id, body);
    EXPECT_EQ(reply.status, 400) << body << reply.body;
    EXPECT_EQ(reply.at("/errors/0/pointer"), pointer) << body << reply.body;
  }
  EXPECT_EQ(checkout.patch(id, "no json").at("/code"), "invalid_json");
  EXPECT_EQ(checkout.number("SELECT version FROM codes"), 1);
}

TEST_P(Codes, ArchivedCodeIsRefusedKeptAndNotEdited) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000)).status, 200);
  const auto remove = [&](std::string_view etag) {
    return checkout.call(net::Method::del, "/v1/codes/" + id, "", "admin", {{"If-Match", etag}});
  };
  EXPECT_EQ(remove("\"9\"").status, 412);
  const auto archived = remove("\"1\"");
  EXPECT_EQ(archived.status, 200);
  EXPECT_EQ(archived.at("/archived_at"), "2026-03-02T09:15:00Z");
  EXPECT_EQ(remove("*").body, archived.body);
  EXPECT_EQ(checkout.patch(id, R"({"enabled":true})").at("/code"), "archived");
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-2", 5'000)).at("/reason/code"),
            "code_disabled");
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000)).status, 200);
  EXPECT_EQ(checkout.call(net::Method::get, "/v1/codes", "", "viewer").at("/data"), "[]");
  EXPECT_EQ(
      checkout.call(net::Method::get, "/v1/codes?archived=true", "", "viewer").at("/data/0/id"),
      id);
}

TEST_P(Codes, ListsComeInPages) {
  const Checkout checkout(database());
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) {
    made.push_back(checkout.create("CODE" + std::to_string(i), ten_percent));
  }
  std::vector<std::string> listed;
  std::string cursor;
  for (int page = 0; page < 3; ++page) {
    const auto reply = checkout.call(net::Method::get,
                                     "/v1/codes?limit=2&deal_id=" + checkout.deal.text() +
                                         (cursor.empty() ? "" : "&cursor=" + cursor),
                                     "", "viewer");
    for (int i = 0; i < 2; ++i) {
      const auto id = reply.at("/data/" + std::to_string(i) + "/id");
      if (id != "absent") listed.push_back(id);
    }
    cursor = reply.at("/next_cursor");
  }
  EXPECT_EQ(listed, made);
  EXPECT_EQ(cursor, "null");
  EXPECT_EQ(
      checkout.call(net::Method::get, "/v1/codes?deal_id=" + core::DealId{9}.text(), "", "viewer")
          .at("/data"),
      "[]");
  for (const auto* query : {"limit=0", "limit=201", "cursor=zzz", "deal_id=5", "archived=maybe",
                            "foo=1", "deal=x", "limit=1&limit=2"}) {
    EXPECT_EQ(
        checkout.call(net::Method::get, std::string("/v1/codes?") + query, "", "viewer").status,
        400)
        << query;
  }
}

TEST_P(Codes, AnotherBrandSeesTheAnswerOfACodeThatNeverWas) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  const auto never = core::CodeId{77}.text();
  for (const auto method : {net::Method::get, net::Method::patch, net::Method::del}) {
    const std::string_view body = method == net::Method::patch ? R"({"enabled":false})" : "";
    const auto foreign = checkout.call(method, "/v1/codes/" + id, body, "other_admin");
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(foreign.body, checkout.call(method, "/v1/codes/" + never, body, "other_admin").body);
    EXPECT_EQ(foreign.body, checkout.call(method, "/v1/codes/x", body, "other_admin").body);
  }
  EXPECT_EQ(checkout.call(net::Method::get, "/v1/codes", "", "other_admin").at("/data"), "[]");
}

TEST_P(Codes, OnlyAdminsWriteAndShopsDoNotRead) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  for (const auto* key : {"viewer", "shop", "influencer"}) {
    EXPECT_EQ(checkout.post("/v1/codes", new_code(checkout, "NEW", ten_percent), key).status, 403);
    EXPECT_EQ(checkout.call(net::Method::patch, "/v1/codes/" + id, "{}", key).status, 403);
    EXPECT_EQ(checkout.call(net::Method::del, "/v1/codes/" + id, "", key).status, 403);
  }
  EXPECT_EQ(checkout.call(net::Method::get, "/v1/codes", "", "shop").status, 403);
  EXPECT_EQ(checkout.call(net::Method::get, "/v1/codes/" + id, "", "influencer").status, 403);
}

TEST_P(Codes, FirstLimitStartsFromTheLedger) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  for (int i = 0; i < 3; ++i) {
    const auto customer = i == 2 ? "leo" : "mia";
    ASSERT_EQ(checkout.redeem(cart_json("MIA10", std::to_string(i), 5'000, customer)).status, 200);
  }
  const auto dollars = R"({"code":"MIA10","order_ref":"d","currency":"USD","subtotal_minor":900})";
  ASSERT_EQ(checkout.redeem(dollars).status, 200);
  EXPECT_EQ(checkout.counter(id), "none");
  checkout.patch(id, R"({"limits":{"uses_max":5,"uses_per_customer_max":2}})");
  EXPECT_EQ(checkout.counter(id), "used=4 spent=1500");  // dollars are no part of a budget in euros
  EXPECT_EQ(checkout.count_slots(), 3);
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "a", 5'000, "mia")).at("/reason/code"),
            "customer_limit_reached");
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "b", 5'000, "leo")).status, 200);
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "c", 5'000, "zoe")).at("/reason/code"),
            "usage_limit_reached");
  EXPECT_TRUE(checkout.verify().empty());

  // Below what was used: no more uses, nothing is taken back. Above: there is room again.
  EXPECT_EQ(checkout.patch(id, R"({"limits":{"uses_max":1}})").status, 200);
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "c", 5'000, "zoe")).at("/reason/code"),
            "usage_limit_reached");
  EXPECT_EQ(checkout.counter(id), "used=5 spent=2000");
  EXPECT_EQ(checkout.patch(id, R"({"limits":{"uses_max":6}})").status, 200);
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "c", 5'000, "zoe")).status, 200);
  EXPECT_TRUE(checkout.verify().empty());

  EXPECT_EQ(checkout.patch(id, R"({"limits":null})").status, 200);
  EXPECT_EQ(checkout.counter(id), "none");
  EXPECT_EQ(checkout.count_slots(), 0);
  EXPECT_TRUE(checkout.verify().empty());
}

}  // namespace
}  // namespace fairlead::codes

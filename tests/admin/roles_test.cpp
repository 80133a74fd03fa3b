// Who may call what, for every route there is: the table says it, and the router is asked.
#include <gtest/gtest.h>

#include "tests/admin/api.hpp"

namespace fairlead::admin {

namespace {

using net::Method;
using net::Role;

class Roles : public test::OnEveryEngine {
 protected:
  // A path of that pattern whose ids exist nowhere.
  static std::string path_of(const net::Route& route) {
    std::string path = route.pattern;
    for (auto brace = path.find('{'); brace != std::string::npos; brace = path.find('{')) {
      path.replace(brace, path.find('}') - brace + 1, "nothing");
    }
    return path;
  }
  Api api{database()};
  TestBrand brand = api.make_brand("North");
};
INSTANTIATE_ON_ENGINES(Roles);

TEST_P(Roles, AreHeldByEveryRoute) {
  const std::pair<Role, std::string> keys[] = {{Role::admin, brand.admin},
                                               {Role::viewer, brand.viewer},
                                               {Role::shop, brand.shop},
                                               {Role::influencer, brand.influencer_key}};
  for (const net::Route& route : api.routes()) {
    const std::string method(net::name_of(route.method));
    const std::string path = path_of(route);
    SCOPED_TRACE(method + " " + path);
    const int without = api.call(method, path, "").status;
    if (route.roles.open_to_all()) {
      EXPECT_NE(without, 401);
      continue;
    }
    EXPECT_EQ(without, 401);
    EXPECT_EQ(api.call(method, path, "fl_admin_nonsense").status, 401);
    for (const auto& [role, key] : keys) {
      // A body of nothing is refused by the handler, so a role that may call changes nothing
      // either.
      const int status = api.call(method, path, key, method == "GET" ? "" : "[]").status;
      if (route.roles.contains(role)) {
        EXPECT_NE(status, 401);
        EXPECT_NE(status, 403);
      } else {
        EXPECT_EQ(status, 403);
      }
    }
  }
}

TEST_P(Roles, LetOnlyAdminsWrite) {
  for (const net::Route& route : api.routes()) {
    SCOPED_TRACE(route.pattern);
    if (route.method == Method::get) {
      EXPECT_TRUE(route.roles.open_to_all() || route.roles.contains(Role::admin));
    } else {
      EXPECT_EQ(route.roles.bits, net::only(Role::admin).bits);
    }
    // A shop's key is for orders and codes; nothing here is for it.
    EXPECT_FALSE(route.roles.contains(Role::shop));
  }
}

TEST_P(Roles, HidePayoutsFromViewers) {
  const auto changed = api.call("PATCH", "/v1/influencers/" + brand.influencer.text(), brand.admin,
                                R"({"payout":{"method":"bank","iban":"DE02100100100006820101"}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_NE(changed.body.find("DE02100100100006820101"), std::string::npos);
  for (const std::string path : {"/v1/influencers", "/v1/events"}) {
    const auto seen = api.call("GET", path, brand.viewer);
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.body.find("DE02100100100006820101"), std::string::npos) << seen.body;
  }
  const auto one = api.call("GET", "/v1/influencers/" + brand.influencer.text(), brand.viewer);
  EXPECT_EQ(member_of(one, "payout"), "(absent)");
}

TEST_P(Roles, NeverShowThatAnotherBrandHasARow) {
  const TestBrand other = api.make_brand("South");
  const auto post = api.call("POST", "/v1/posts", other.admin,
                             R"({"platform":"tiktok","deal_id":")" + other.deal.text() + "\"}");
  const auto cost = api.call("POST", "/v1/costs", other.admin,
                             R"({"kind":"ads","amount_minor":5,"currency":"EUR",)"
                             R"("at":"2026-03-02T00:00:00Z","deal_id":")" +
                                 other.deal.text() + "\"}");
  ASSERT_EQ(post.status, 201) << post.body;
  ASSERT_EQ(cost.status, 201) << cost.body;
  const std::pair<std::string, std::string> things[] = {
      {"/v1/influencers/", other.influencer.text()},
      {"/v1/campaigns/", other.campaign.text()},
      {"/v1/deals/", other.deal.text()},
      {"/v1/posts/", member_of(post, "id")},
      {"/v1/costs/", member_of(cost, "id")}};
  for (const auto& [path, id] : things) {
    const std::string never = id.substr(0, id.find('_') + 1) + "0000000000001";
    for (const std::string method : {"GET", "PATCH", "DELETE"}) {
      SCOPED_TRACE(method + " " + path + id);
      const std::string body = method == "PATCH" ? "{}" : "";
      const auto foreign = api.call(method, path + id, brand.admin, body);
      const auto unknown = api.call(method, path + never, brand.admin, body);
      EXPECT_EQ(foreign.status, 404);
      EXPECT_EQ(foreign.body, unknown.body);
      EXPECT_EQ(foreign.headers, unknown.headers);
      EXPECT_EQ(api.call("GET", path + id, other.admin).status, 200);
    }
    const auto list = api.call("GET", path.substr(0, path.size() - 1), brand.admin);
    EXPECT_EQ(list.body.find(id), std::string::npos);
  }
  const auto metrics = api.call("POST", "/v1/posts/" + member_of(post, "id") + "/metrics",
                                brand.admin, R"({"reach":1})");
  EXPECT_EQ(metrics.status, 404);
}

}  // namespace

}  // namespace fairlead::admin

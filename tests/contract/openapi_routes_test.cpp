// docs/openapi.yaml and the program's route table say the same: every route is described with its
// roles, and nothing is described that is not there.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <map>
#include <set>

#include "admin/admin.hpp"
#include "admin/docs_pages.hpp"
#include "attribution/attribution.hpp"
#include "codes/codes.hpp"
#include "codes/page_check.hpp"
#include "core/time.hpp"
#include "redirect/redirect.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead {

namespace {

namespace json = boost::json;

using Operations = std::map<std::string, std::set<std::string>>;  // "GET /v1/brand" → roles

// The redirect answers it without a route.
constexpr std::string_view follow_link = "GET /{slug}";

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

Operations described() {
  Operations operations;
  const json::value document = json::parse(admin::docs_pages::json);
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      if (method == "parameters") continue;
      std::set<std::string> roles;
      for (const json::value& role : operation.at("x-roles").as_array()) {
        roles.emplace(role.as_string());
      }
      operations[upper(method) + " " + std::string(path)] = std::move(roles);
    }
  }
  return operations;
}

void add(Operations& operations, const std::vector<net::Route>& routes) {
  static const std::pair<net::Role, const char*> names[] = {{net::Role::admin, "admin"},
                                                            {net::Role::viewer, "viewer"},
                                                            {net::Role::shop, "shop"},
                                                            {net::Role::influencer, "influencer"},
                                                            {net::Role::browser, "browser"}};
  for (const net::Route& route : routes) {
    std::set<std::string>& roles =
        operations[std::string(net::name_of(route.method)) + " " + route.pattern];
    for (const auto& [role, name] : names) {
      if (route.roles.contains(role)) roles.insert(name);
    }
    // The router answers the preflight of a route for pages; no key comes with it.
    if (route.cors != net::Cors::none) operations["OPTIONS " + route.pattern];
  }
}

TEST(ApiDescription, NamesEveryRouteWithItsRolesAndNoOther) {
  test::TestDatabase main(storage::Engine::sqlite);
  test::TemporaryDirectory directory;
  const core::SystemClock clock;
  const std::string clicks_file = directory.file("clicks.db");
  auto redirect =
      redirect::Redirect::open(*main, clicks_file, {{1, std::string(32, 'k')}}, clock, {});
  ASSERT_TRUE(redirect.has_value()) << redirect.error().detail;

  Operations there;
  add(there, (*redirect)->routes());
  add(there, codes::routes({*main, {}}));
  codes::CodeCheck code_check({*main, {}}, {});
  add(there, code_check.routes());
  add(there, attribution::routes({.database = *main,
                                  .clicks = nullptr,
                                  .read_token = {},
                                  .sealing_key = std::string(32, 'k')}));
  admin::KnownKeys known_keys;
  add(there, admin::routes({.database = *main,
                            .clicks = *main,
                            .known_keys = known_keys,
                            .metrics = {},
                            .not_ready = {},
                            .version = "test"}));
  (*redirect)->stop();

  Operations said = described();
  ASSERT_EQ(said.erase(std::string(follow_link)), 1U);
  ASSERT_GT(there.size(), 40U);
  for (const auto& [operation, roles] : there) {
    const auto found = said.find(operation);
    if (found == said.end()) {
      ADD_FAILURE() << operation << " is not described in docs/openapi.yaml";
    } else {
      EXPECT_EQ(found->second, roles) << operation;
    }
  }
  for (const auto& [operation, roles] : said) {
    EXPECT_TRUE(there.contains(operation))
        << operation << " is described, but there is no such route";
  }
}

TEST(ApiDescription, TellsKeysFromOpenDoors) {
  const json::value document = json::parse(admin::docs_pages::json);
  std::set<std::string> ids;
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      if (method == "parameters") continue;
      const json::object& object = operation.as_object();
      const bool is_open = object.at("x-roles").as_array().empty();
      const json::value* security = object.if_contains("security");
      EXPECT_EQ(is_open, security != nullptr && security->as_array().empty()) << path;
      EXPECT_TRUE(ids.emplace(object.at("operationId").as_string()).second) << path;
    }
  }
}

}  // namespace

}  // namespace fairlead

// What a person or a machine may send by mistake or on purpose: a clear refusal that names the
// place, and nothing half-written.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdio>
#include <string>

#include "storage/storage.hpp"
#include "tests/support/test_statement.hpp"
#include "tests/whole/program.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

struct BadBody {
  const char* name;
  std::string body;
  int status;
  const char* code;  // of the problem
};

std::string nested(std::size_t depth) {
  return "{\"name\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

std::string order_with(const std::string& name, const std::string& value) {
  json::object order = Shop::order_body("bad", "", "");
  order.erase(name);
  std::string text = json::serialize(order);
  return text.substr(0, text.size() - 1) + ",\"" + name + "\":" + value + "}";
}

std::string item_with(const std::string& name, const std::string& value) {
  json::object item = Shop::order_body("bad", "", "").at("items").as_array().at(0).as_object();
  item.erase(name);
  std::string text = json::serialize(item);
  return order_with("items",
                    "[" + text.substr(0, text.size() - 1) + ",\"" + name + "\":" + value + "}]");
}

std::vector<BadBody> bad_orders() {
  return {
      {"not JSON", "order_ref=1", 400, "invalid_json"},
      {"cut short", "{\"order_ref\":", 400, "invalid_json"},
      {"an array", "[]", 400, "invalid_json"},
      {"a depth of 100,000", nested(100'000), 400, "invalid_json"},
      {"invalid UTF-8", "{\"order_ref\":\"\xff\"}", 400, "invalid_json"},
      {"a key twice", R"({"order_ref":"1","order_ref":"2"})", 400, "invalid_json"},
      {"an unknown field", order_with("odrer_ref", "\"x\""), 400, "unknown_field"},
      {"a number for a text", order_with("order_ref", "5"), 400, "invalid_request"},
      {"a float for money", order_with("shipping_minor", "4.90"), 400, "invalid_request"},
      {"negative money", order_with("shipping_minor", "-1"), 400, "invalid_request"},
      {"money beyond 64 bits", order_with("tax_minor", "99999999999999999999"), 400,
       "invalid_request"},
      {"a product beyond 64 bits", item_with("unit_price_minor", "4611686018427387904"), 400,
       "invalid_request"},
      {"no quantity", item_with("quantity", "0"), 400, "invalid_request"},
      {"more discount than price", item_with("discount_minor", "10001"), 400, "invalid_request"},
      {"no such currency", order_with("currency", "\"EUX\""), 400, "invalid_request"},
      {"yesterday", order_with("placed_at", "\"yesterday\""), 400, "invalid_request"},
      {"no items", order_with("items", "[]"), 400, "invalid_request"},
      {"an empty reference", order_with("order_ref", "\"\""), 400, "invalid_request"},
      {"a control character", order_with("order_ref", R"("a\u0000b")"), 400, "invalid_request"}};
}

class BadInput : public ProgramOnEveryEngine {};
INSTANTIATE_ON_ENGINES(BadInput);

TEST_P(BadInput, EveryBadOrderIsRefusedByNameAndLeavesNothing) {
  const BrandKeys keys = init_brand(arguments());
  ServerProcess server(arguments());
  Shop shop(server.port(), keys);
  shop.set_up();
  test::HttpClient client(server.port());
  client.use_key(keys.shop_key);
  for (const BadBody& bad : bad_orders()) {
    const auto answer = client.post("/v1/orders", bad.body);
    EXPECT_TRUE(answer.status == bad.status || answer.status == 422)
        << bad.name << ": " << answer.status << " " << answer.body;
    EXPECT_TRUE(answer.header("Content-Type").starts_with("application/problem+json")) << bad.name;
    const json::value problem = json::parse(answer.body);
    EXPECT_FALSE(problem.at("detail").as_string().empty()) << bad.name;
    if (answer.status == bad.status) {
      EXPECT_EQ(problem.at("code").as_string(), bad.code) << bad.name;
    }
    if (std::string_view(bad.code) == "invalid_request") {
      EXPECT_FALSE(problem.at("errors").as_array().empty()) << bad.name << answer.body;
    }
  }
  EXPECT_EQ(client.get("/v1/orders/bad").status, 404);
  EXPECT_EQ(server.stop(), 0);
}

TEST_P(BadInput, ABodyOfTenMegabytesIsRefusedFromItsHead) {
  const BrandKeys keys = init_brand(arguments());
  ServerProcess server(arguments());
  test::HttpClient client(server.port());
  client.send_raw("POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + keys.shop_key +
                  "\r\nContent-Type: application/json\r\nContent-Length: 10485760\r\n\r\n");
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
}

TEST_P(BadInput, ADatabaseOfANewerVersionIsLeftAlone) {
  init_brand(arguments());
  const test::TestStatement pretend(
      "INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES ($1, $2, $2, $1)");
  database_.open();
  ASSERT_TRUE(database_->transact([&](storage::Session& s) { s.run(pretend, 9'000, "future"); }));
  database_.close();
  std::vector<std::string> serve{"serve", "--listen", "127.0.0.1:0"};
  for (const std::string& argument : arguments())
    serve.push_back(argument);
  const Ran ran = run_program(serve);
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_NE(ran.err.find("newer"), std::string::npos) << ran.err;
}

TEST_P(BadInput, APortInUseIsNamed) {
  init_brand(arguments());
  ServerProcess server(arguments());
  const test::TemporaryDirectory other;
  const std::string listen = "127.0.0.1:" + std::to_string(server.port());
  ASSERT_EQ(run_program({"init", "--brand", "B", "--data", other.file("data")}).exit_code, 0);
  const Ran ran = run_program({"serve", "--data", other.file("data"), "--listen", listen});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.err.find(listen), std::string::npos) << ran.err;
}

TEST(BadStart, ADirectoryThatCannotBeWrittenIsNamed) {
  const Ran ran = run_program({"init", "--brand", "B", "--data", "/proc/fairlead"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.err.find("/proc/fairlead"), std::string::npos) << ran.err;
}

TEST(BadStart, AnUnreachableDatabaseIsNamedAndNeverReplacedByAnother) {
  const test::TemporaryDirectory directory;
  const Ran ran = run_program({"serve", "--data", directory.file("data"), "--database",
                               "postgres://nobody@127.0.0.1:1/none?connect_timeout=2"});
  EXPECT_NE(ran.exit_code, 0);
  EXPECT_NE(ran.err.find("127.0.0.1"), std::string::npos) << ran.err;
  EXPECT_FALSE(std::filesystem::exists(directory.file("data/fairlead.db")));
}

TEST(BadStart, WhatIsTypedWrongIsSaidWithTheHelp) {
  EXPECT_EQ(run_program({}).exit_code, 2);
  EXPECT_EQ(run_program({"serv"}).exit_code, 2);
  EXPECT_EQ(run_program({"serve", "--lisen", "x"}).exit_code, 2);
  const Ran ran = run_program({"serve"}, {"FAIRLEAD_LISTEN=8080"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_NE(ran.err.find("FAIRLEAD_LISTEN"), std::string::npos) << ran.err;
  for (const char* command : {"serve", "init", "demo", "key", "verify", "migrate", "version"}) {
    const Ran help = run_program({command, "--help"});
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_NE(help.out.find("--help"), std::string::npos) << command;
  }
}

}  // namespace
}  // namespace fairlead::whole

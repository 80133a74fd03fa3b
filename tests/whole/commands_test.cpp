// The subcommands as they are typed: what they print, what they store, what they refuse.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/time.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

class Commands : public testing::Test {
 protected:
  Ran run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--data", data()});
    return run_program(arguments);
  }
  std::string data() const { return directory_.file("data"); }

  test::TemporaryDirectory directory_;
};

TEST_F(Commands, AKeyMadeHereOpensTheApiAndARevokedOneDoesNot) {
  const BrandKeys keys = init_brand({"--data", data()});
  const Ran made = run({"key", "create", "--role", "viewer", "--note", "agency", "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const json::value key = json::parse(made.out);
  const std::string secret(key.at("secret").as_string());
  {
    ServerProcess server({"--data", data()});
    test::HttpClient client(server.port());
    client.use_key(secret);
    EXPECT_EQ(client.get("/v1/brand").status, 200);
    const Ran refused = run({"key", "create", "--role", "viewer"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_NE(refused.err.find("POST /v1/keys"), std::string::npos) << refused.err;
    EXPECT_EQ(run({"key", "list"}).exit_code, 0) << "looking is allowed beside a server";
    EXPECT_EQ(server.stop(), 0);
  }
  const Ran listed = run({"key", "list", "--json"});
  EXPECT_EQ(json::parse(listed.out).as_array().size(), 3u);
  EXPECT_EQ(listed.out.find(secret.substr(secret.size() - 20)), std::string::npos);
  EXPECT_EQ(run({"key", "revoke", key.at("id").as_string().c_str()}).exit_code, 0);
  ServerProcess server({"--data", data()});
  test::HttpClient client(server.port());
  client.use_key(secret);
  EXPECT_EQ(client.get("/v1/brand").status, 401);
  client.use_key(keys.admin_key);
  EXPECT_NE(client.get("/v1/events").body.find("\"cli\""), std::string::npos);
}

TEST_F(Commands, KeyRefusesWhatItCannotMakeAndSaysWhatWouldBeRight) {
  init_brand({"--data", data()});
  const std::pair<std::vector<std::string>, const char*> bad[] = {
      {{"key", "create", "--role", "boss"}, "admin, viewer, shop, influencer or browser"},
      {{"key", "create", "--role", "influencer"}, "inf_"},
      {{"key", "create", "--role", "influencer", "--influencer", "inf_0000000000001"}, "has no"},
      {{"key", "create", "--role", "shop", "--brand", "Nobody"}, "--brand must be one of Harbour"},
      {{"key", "revoke", "key_1"}, "key_"}};
  for (const auto& [arguments, said] : bad) {
    const Ran ran = run(arguments);
    EXPECT_NE(ran.exit_code, 0);
    EXPECT_NE(ran.err.find(said), std::string::npos) << ran.err;
  }
}

TEST_F(Commands, InitRefusesABadBrandAndMakesNothing) {
  const std::pair<std::vector<std::string>, const char*> bad[] = {
      {{"init", "--brand", "B", "--currency", "EUX"}, "--currency"},
      {{"init", "--brand", "B", "--timezone", "Mars/Base"}, "--timezone"},
      {{"init", "--brand", "B", "--domain", "https://"}, "--domain"},
      {{"init", "--brand", "two\nlines"}, "--brand"},
      {{"init", "--brand", "\xff"}, "--brand"},
      {{"init", "--brand", ""}, "--brand"}};
  for (const auto& [arguments, said] : bad) {
    const Ran ran = run(arguments);
    EXPECT_EQ(ran.exit_code, 2) << ran.err;
    EXPECT_NE(ran.err.find(said), std::string::npos) << ran.err;
    EXPECT_FALSE(std::filesystem::exists(data()));
  }
}

TEST_F(Commands, DemoFillsAnEmptyDirectoryOnceAndVerifies) {
  const Ran made = run({"demo", "--until", "2026-11-01", "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const json::value demo = json::parse(made.out);
  EXPECT_GT(demo.at("clicks").as_int64(), 10'000);
  EXPECT_GT(demo.at("orders").as_int64(), 200);
  const Ran verified = run({"verify", "--json"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  EXPECT_EQ(verified.out, "{\"agree\":true,\"differences\":[],\"clicks_in_journal\":0}\n");
  const Ran again = run({"demo"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.err.find("already holds"), std::string::npos) << again.err;
}

TEST_F(Commands, AFreshClickOnTheDemosLinkIsCreditedAtOnce) {
  const Ran made = run({"demo", "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const json::value demo = json::parse(made.out);
  ServerProcess server({"--data", data()});
  test::HttpClient client(server.port());
  const auto answer = client.get(
      "/" + std::string(demo.at("slug").as_string()),
      {{"User-Agent",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"}});
  ASSERT_EQ(answer.status, 302);
  client.use_key(std::string(demo.at("admin_key").as_string()));
  const std::string token = token_of(answer.header("Location"));
  const std::string now = core::format_instant(core::SystemClock().now());
  const auto order = client.post(
      "/v1/orders", R"({"order_ref":"A-1","currency":"EUR","placed_at":")" + now +
                        R"(","items":[{"line_id":"1","quantity":1,"unit_price_minor":100}],)"
                        R"("click_ids":[")" +
                        token + R"("]})");
  ASSERT_EQ(order.status, 201) << order.body;
  const json::value booked = json::parse(order.body);
  ASSERT_EQ(booked.at("credits").as_array().size(), 1u) << client.get("/v1/orders/A-1").body;
  EXPECT_EQ(booked.at("credits").at(0).at("via").as_string(), "click");
}

TEST_F(Commands, VerifyWithoutADatabaseSaysSo) {
  const Ran ran = run({"verify"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.err.find(data()), std::string::npos) << ran.err;
}

TEST_F(Commands, VersionNamesTheSchemas) {
  const Ran ran = run_program({"version"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_TRUE(ran.out.starts_with("fairlead 0.")) << ran.out;
}

}  // namespace
}  // namespace fairlead::whole

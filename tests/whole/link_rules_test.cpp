// The rules of links on the real server, by socket: each feature as a shopper meets it, and the
// click limit under everything that could make it wrong.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <set>
#include <thread>

#include "app/secrets.hpp"
#include "core/time.hpp"
#include "redirect/redirect.hpp"
#include "storage/storage.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/test_statement.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

constexpr const char* iphone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
constexpr const char* android =
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36";
constexpr const char* instagram =
    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP2A; wv) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 Instagram 334.0.0.42.95 Android";
constexpr const char* windows =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36";
constexpr const char* bot =
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

const test::TestStatement count_variants(
    "SELECT variant, COUNT(*) FROM clicks GROUP BY variant ORDER BY variant LIMIT 10");

// Where a shopper ends up, without what is added to it; "404" for the page.
std::string place_of(test::HttpClient& client, const std::string& target,
                     const std::string& agent = iphone, const std::string& method = "GET",
                     const test::HttpHeaders& more = {}) {
  test::HttpHeaders headers = {{"User-Agent", agent}};
  headers.insert(headers.end(), more.begin(), more.end());
  const auto answer = client.request(method, target, headers);
  if (answer.status < 300 || answer.status > 399) return std::to_string(answer.status);
  const std::string location(answer.header("Location"));
  return location.substr(0, location.find_first_of("?"));
}

class RuledLinks : public testing::Test {
 protected:
  RuledLinks()
      : data(directory.file("data")),
        keys(init_brand({"--data", data})),
        arguments{"--data", data, "--commit-wait-ms-max", "10000"} {
    start();
    shop->set_up();
  }
  void start() {
    server = std::make_unique<ServerProcess>(arguments);
    shop = std::make_unique<Shop>(server->port(), keys);
    client = std::make_unique<test::HttpClient>(server->port());
  }
  // The id of a new link with these fields.
  std::string link(const std::string& slug, const std::string& fields) {
    auto body = boost::json::parse("{" + fields + "}").as_object();
    body["deal_id"] = shop->deal_id;
    body["slug"] = slug;
    body["destination"] = "https://shop.example/own";
    const auto answer = shop->as_admin("POST", "/v1/links", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return boost::json::parse(answer.body).at("id").as_string().c_str();
  }
  void edit(const std::string& id, const std::string& body) {
    const auto answer = shop->as_admin("PATCH", "/v1/links/" + id, boost::json::parse(body));
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  std::string place(const std::string& target, const std::string& agent = iphone,
                    const std::string& method = "GET", const test::HttpHeaders& more = {}) {
    return place_of(*client, target, agent, method, more);
  }

  test::TemporaryDirectory directory;
  std::string data;
  BrandKeys keys;
  std::vector<std::string> arguments;
  std::unique_ptr<ServerProcess> server;
  std::unique_ptr<Shop> shop;
  std::unique_ptr<test::HttpClient> client;
};

TEST_F(RuledLinks, ScheduleOpensAndClosesWithOwnDestinations) {
  link("soon",
       R"("starts_at":"2100-01-01T00:00:00Z","before_start_url":"https://shop.example/soon")");
  link("over", R"("ends_at":"2020-01-01T00:00:00Z","expired_url":"https://shop.example/over")");
  link("now", R"("starts_at":"2020-01-01T00:00:00Z","ends_at":"2100-01-01T00:00:00Z")");
  const std::string bare = link("bare", R"("ends_at":"2020-01-01T00:00:00Z")");
  EXPECT_EQ(place("/soon"), "https://shop.example/soon");
  EXPECT_EQ(place("/over"), "https://shop.example/over");
  EXPECT_EQ(place("/now"), "https://shop.example/own");
  EXPECT_EQ(place("/bare"), place("/nobody-has-this")) << "like an unknown one";
  EXPECT_EQ(place("/bare"), "404");
  edit(bare, R"({"fallback_url":"https://shop.example/home"})");
  EXPECT_EQ(place("/bare"), "https://shop.example/home");
  edit(bare, R"({"ends_at":null,"is_enabled":false})");
  EXPECT_EQ(place("/bare"), "https://shop.example/home");
  edit(bare, R"({"is_enabled":true})");
  EXPECT_EQ(place("/bare"), "https://shop.example/own");
}

TEST_F(RuledLinks, TargetingFollowsDeviceAppLanguageAndQuery) {
  link("t",
       R"("targets":[)"
       R"({"if":{"query":{"vip":"1"}},"destination":"https://shop.example/vip"},)"
       R"({"if":{"app":["instagram"]},"destination":"https://shop.example/ig"},)"
       R"({"if":{"device":["phone"],"language":["de"]},"destination":"https://shop.example/de"},)"
       R"({"if":{"os":["ios"]},"destination":"https://shop.example/ios"},)"
       R"({"if":{"to":"2020-01-01T00:00:00Z"},"destination":"https://shop.example/past"}])");
  EXPECT_EQ(place("/t?vip=1", instagram), "https://shop.example/vip");
  EXPECT_EQ(place("/t", instagram), "https://shop.example/ig");
  EXPECT_EQ(place("/t", iphone, "GET", {{"Accept-Language", "de-AT,de;q=0.9"}}),
            "https://shop.example/de");
  EXPECT_EQ(place("/t", iphone), "https://shop.example/ios");
  EXPECT_EQ(place("/t", windows), "https://shop.example/own");
}

TEST_F(RuledLinks, DeepLinksOpenTheAppOutsideInAppBrowsers) {
  link("app", R"("deep_links":{"ios":{"url":"https://app.shop.example/p"},)"
              R"("android":{"package":"com.example.shop"}},"status":307)");
  EXPECT_EQ(place("/app", iphone), "https://app.shop.example/p");
  EXPECT_EQ(place("/app", instagram), "https://shop.example/own");
  EXPECT_EQ(place("/app", windows), "https://shop.example/own");
  EXPECT_EQ(place("/app", bot), "https://shop.example/own");
  const auto answer = client->get("/app", {{"User-Agent", android}});
  EXPECT_EQ(answer.status, 307);
  const std::string location(answer.header("Location"));
  EXPECT_TRUE(location.starts_with("intent://shop.example/own?")) << location;
  EXPECT_NE(location.find("#Intent;scheme=https;package=com.example.shop;S.browser_fallback_url="
                          "https%3A%2F%2Fshop.example%2Fown%3F"),
            std::string::npos)
      << location;
  EXPECT_TRUE(location.ends_with(";end"));
}

TEST_F(RuledLinks, SplitKeepsAVisitorAndRecordsTheBranch) {
  link("ab", R"("split":[{"destination":"https://shop.example/a","weight":1},)"
             R"({"destination":"https://shop.example/b","weight":1}])");
  std::array<int, 3> led{};
  for (int visitor = 0; visitor < 60; ++visitor) {
    const std::string agent = std::string(windows) + " Edg/" + std::to_string(visitor);
    const std::string first = place("/ab", agent);
    EXPECT_EQ(place("/ab", agent), first) << "the same visitor, the same branch";
    EXPECT_TRUE(first == "https://shop.example/a" || first == "https://shop.example/b") << first;
    led[first == "https://shop.example/a" ? 1 : 2] += 2;
    const std::string hidden = place("/ab", agent, "GET", {{"Sec-GPC", "1"}});
    EXPECT_EQ(place("/ab", agent, "GET", {{"Sec-GPC", "1"}}), hidden);
    led[hidden == "https://shop.example/a" ? 1 : 2] += 2;
  }
  EXPECT_GT(led[1], 40);
  EXPECT_GT(led[2], 40);
  EXPECT_EQ(server->stop(), 0);
  auto clicks = storage::open_read_only(
      {.url = "sqlite:" + data + "/clicks.db", .schema = storage::Schema::clicks});
  ASSERT_TRUE(clicks);
  const auto rows =
      (*clicks)->read([&](storage::Session& session) { return session.run(count_variants); });
  ASSERT_TRUE(rows) << rows.error().detail;
  ASSERT_EQ(rows->size(), 2u);
  for (const storage::Row& row : *rows)
    EXPECT_EQ(row.integer(1), led.at(static_cast<std::size_t>(row.integer(0))));
}

TEST_F(RuledLinks, EveryStatusIsServed) {
  for (const int status : {301, 302, 303, 307, 308}) {
    const std::string slug = "s" + std::to_string(status);
    link(slug, R"("status":)" + std::to_string(status));
    const auto answer = client->get("/" + slug, {{"User-Agent", iphone}});
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.header("Cache-Control"), "private, no-store");
  }
}

TEST_F(RuledLinks, DomainThatLeavesTheListTakesItsDestinationsWithIt) {
  const auto allow = [&](const boost::json::array& domains) {
    EXPECT_EQ(shop->as_admin("PATCH", "/v1/brand", {{"allowed_domains", domains}}).status, 200);
  };
  allow({"shop.example", "other.example"});
  link("ig", R"("targets":[{"if":{"os":["ios"]},"destination":"https://other.example/ios"}])");
  link("out", R"("ends_at":"2020-01-01T00:00:00Z","expired_url":"https://other.example/over")");
  EXPECT_EQ(place("/ig"), "https://other.example/ios");
  EXPECT_EQ(place("/out"), "https://other.example/over");
  allow({"shop.example"});
  EXPECT_EQ(place("/ig"), "https://shop.example/own");
  EXPECT_EQ(place("/out"), "404");
}

TEST_F(RuledLinks, LimitIsUsedUpByPeopleOnlyAndARaisedOneReopens) {
  const std::string id =
      link("l", R"("click_limit":2,"limit_reached_url":"https://shop.example/gone")");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(place("/l", bot), "https://shop.example/own");
    EXPECT_EQ(place("/l", iphone, "GET", {{"Sec-Purpose", "prefetch"}}),
              "https://shop.example/own");
  }
  EXPECT_EQ(place("/l"), "https://shop.example/own");
  EXPECT_EQ(place("/l", windows), "https://shop.example/own");
  EXPECT_EQ(place("/l", android), "https://shop.example/gone");
  EXPECT_EQ(place("/l", bot), "https://shop.example/gone");
  edit(id, R"({"destination":"https://shop.example/new"})");
  EXPECT_EQ(place("/l"), "https://shop.example/gone") << "an edit gives nothing back";
  edit(id, R"({"click_limit":3})");
  EXPECT_EQ(place("/l"), "https://shop.example/new");
  EXPECT_EQ(place("/l"), "https://shop.example/gone");
  EXPECT_EQ(server->stop(), 0);
  start();
  EXPECT_EQ(place("/l"), "https://shop.example/gone") << "after a restart";
  edit(id, R"({"click_limit":4})");
  EXPECT_EQ(place("/l"), "https://shop.example/new");
  EXPECT_EQ(place("/l"), "https://shop.example/gone");
}

// How many of the clicks of so many clients at once got the destination, until all are told that
// the limit is reached or the server is gone.
int race(std::uint16_t port, int clients, std::atomic<int>& got_in) {
  std::vector<std::thread> threads;
  std::atomic<int> turned_away = 0;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      test::HttpClient own(port);
      const std::string agent = std::string(windows) + " Edg/" + std::to_string(i);
      try {
        for (;;) {
          const std::string where = place_of(own, "/race", agent);
          if (where == "https://shop.example/own") {
            ++got_in;
          } else {
            EXPECT_EQ(where, "https://shop.example/gone");
            ++turned_away;
            return;
          }
        }
      } catch (const std::runtime_error&) {
        return;  // the server was killed
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  return turned_away;
}

TEST_F(RuledLinks, SixtyFourClientsShareALimitExactly) {
  link("race", R"("click_limit":500,"limit_reached_url":"https://shop.example/gone")");
  std::atomic<int> got_in = 0;
  EXPECT_EQ(race(server->port(), 64, got_in), 64);
  EXPECT_EQ(got_in, 500);
}

// Every 302 waits for its commit here, so what clients saw before the kill is counted after it; a
// click that was stored and never answered is a use as well, so they may see fewer, never more.
TEST_F(RuledLinks, KillNineGivesNoUseBack) {
  constexpr int limit = 400;
  constexpr int lives = 4;
  constexpr int clients = 8;
  link("race", R"("click_limit":)" + std::to_string(limit) +
                   R"(,"limit_reached_url":"https://shop.example/gone")");
  std::atomic<int> got_in = 0;
  for (int life = 0; life < lives; ++life) {
    std::atomic<bool> is_over = false;  // all were turned away: too few got in
    std::thread killer([&] {
      const int until = limit * (life + 1) / (lives + 1);
      while (got_in < until && !is_over)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      server->kill_now();
    });
    EXPECT_EQ(race(server->port(), clients, got_in), 0) << "killed before the limit was reached";
    is_over = true;
    killer.join();
    start();
  }
  EXPECT_EQ(race(server->port(), clients, got_in), clients);
  EXPECT_LE(got_in, limit);
  EXPECT_GE(got_in, limit - lives * clients) << "at most the clicks on their way are used unseen";
}

}  // namespace
}  // namespace fairlead::whole

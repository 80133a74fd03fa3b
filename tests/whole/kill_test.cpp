// kill -9 under load: whatever the server answered must be there after the next start. Clicks are
// only acknowledged after their commit here (a long commit_wait_ms_max), so every 302 is a promise.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <random>
#include <thread>

#include "app/secrets.hpp"
#include "redirect/redirect.hpp"
#include "storage/storage.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/random.hpp"
#include "tests/support/test_statement.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

const test::TestStatement find_click(
    "SELECT l.link_id FROM clicks AS c JOIN click_links AS l ON l.number = c.link "
    "WHERE c.click_id = $1");

// What clients were promised, over all lives of the server.
struct Promised {
  std::mutex mutex;
  std::vector<std::string> click_tokens;
  std::vector<std::pair<std::string, std::string>> orders;  // body sent, body answered
};

int rounds() {
  return std::getenv("FAIRLEAD_LONG") != nullptr ? 500 : 12;
}

// Clicks until the server dies; every fourth click is followed by an order.
void shop_until_it_dies(std::uint16_t port, BrandKeys keys, const std::string& name,
                        Promised& promised) {
  Shop shop(port, std::move(keys));
  try {
    for (int i = 0;; ++i) {
      const std::string token = shop.click();
      if (token.empty()) return;
      {
        const std::scoped_lock lock(promised.mutex);
        promised.click_tokens.push_back(token);
      }
      if (i % 4 != 0) continue;
      const auto body = boost::json::serialize(
          Shop::order_body(name + "-" + std::to_string(i), token, i % 8 == 0 ? "MIA10" : ""));
      const auto answer = shop.as_shop("POST", "/v1/orders", boost::json::parse(body));
      if (answer.status != 201) return;
      const std::scoped_lock lock(promised.mutex);
      promised.orders.emplace_back(body, answer.body);
    }
  } catch (const std::runtime_error&) {
    return;  // the connection broke: the server is dead, what was not answered was not promised
  }
}

void expect_clicks_stored(const std::string& data, const Promised& promised) {
  auto secrets = app::load_secrets(data);
  ASSERT_TRUE(secrets);
  auto clicks = storage::open_read_only(
      {.url = "sqlite:" + data + "/clicks.db", .schema = storage::Schema::clicks});
  ASSERT_TRUE(clicks);
  std::size_t missing = 0;
  auto done = (*clicks)->read([&](storage::Session& session) {
    for (const std::string& token : promised.click_tokens) {
      const auto fact = redirect::read_token(secrets->token_keys, token);
      ASSERT_TRUE(fact) << token;
      if (session.run(find_click, fact->click).empty()) ++missing;
    }
  });
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(missing, 0u) << "of " << promised.click_tokens.size() << " answered clicks";
}

void expect_orders_stored(Shop& shop, const Promised& promised) {
  for (const auto& [sent, answered] : promised.orders) {
    const auto again = shop.as_shop("POST", "/v1/orders", boost::json::parse(sent));
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(again.body, answered);
  }
}

TEST(Kill, NothingAnsweredIsLostByKillNineUnderLoad) {
  const test::TemporaryDirectory directory;
  const std::string data = directory.file("data");
  const BrandKeys keys = init_brand({"--data", data});
  const std::vector<std::string> arguments{"--data", data, "--commit-wait-ms-max", "10000"};
  {
    ServerProcess server(arguments);
    Shop(server.port(), keys).set_up();
    EXPECT_EQ(server.stop(), 0) << server.log();
  }
  std::mt19937 random(test::random_seed());
  Promised promised;
  for (int round = 0; round < rounds(); ++round) {
    ServerProcess server(arguments);
    std::vector<std::thread> clients;
    for (int client = 0; client < 4; ++client)
      clients.emplace_back(shop_until_it_dies, server.port(), keys,
                           "order-" + std::to_string(round) + "-" + std::to_string(client),
                           std::ref(promised));
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 400));
    server.kill_now();
    for (std::thread& client : clients)
      client.join();
  }
  ASSERT_GT(promised.click_tokens.size(), 100u) << "the load must be real";
  ASSERT_GT(promised.orders.size(), 10u);

  ServerProcess server(arguments);
  Shop shop(server.port(), keys);
  expect_orders_stored(shop, promised);
  EXPECT_EQ(server.stop(), 0);
  expect_clicks_stored(data, promised);
  const Ran verified = run_program({"verify", "--data", data});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  std::printf("%zu clicks and %zu orders were answered; all are there\n",
              promised.click_tokens.size(), promised.orders.size());
}

}  // namespace
}  // namespace fairlead::whole

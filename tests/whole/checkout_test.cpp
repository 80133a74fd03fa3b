// A shop's checkout on the real program, by socket: the life of a use, two servers on one
// PostgreSQL, and kill -9 between any two steps.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "tests/support/engines.hpp"
#include "tests/support/random.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

json::object cart(const std::string& order_ref) {
  return {{"code", "MIA10"},
          {"order_ref", order_ref},
          {"currency", "EUR"},
          {"items", json::array{{{"line_id", "1"}, {"quantity", 2}, {"unit_price_minor", 5'000}}}}};
}

std::string text_at(const test::HttpAnswer& answer, std::string_view pointer) {
  const auto value = json::parse(answer.body);
  json::error_code ec;
  const auto* found = value.find_pointer(pointer, ec);
  if (!found) return "absent: " + answer.body;
  return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

void limit(Shop& shop, int uses) {
  const auto limited =
      shop.as_admin("PATCH", "/v1/codes/" + shop.code_id, {{"limits", {{"uses_max", uses}}}});
  EXPECT_EQ(limited.status, 200) << limited.body;
}

TEST(Checkout, HoldsRedeemsReleasesAndRollsBack) {
  const test::TemporaryDirectory directory;
  const std::string data = directory.file("data");
  const BrandKeys keys = init_brand({"--data", data});
  ServerProcess server({"--data", data});
  Shop shop(server.port(), keys);
  shop.set_up();
  limit(shop, 1);
  const auto path = "/v1/campaigns/" + shop.campaign_id + "/code_limits";
  EXPECT_EQ(shop.as_admin("PUT", path, {{"budget_minor", 5'000}}).status, 200);
  EXPECT_EQ(text_at(shop.as_admin("GET", path), "/budget_minor"), "5000");

  const auto held = shop.as_shop("POST", "/v1/codes/reserve", cart("o-1"));
  EXPECT_EQ(held.status, 201) << held.body;
  EXPECT_EQ(shop.as_shop("POST", "/v1/codes/reserve", cart("o-1")).status, 200);
  const auto waiting = shop.as_shop("POST", "/v1/codes/reserve", cart("o-2"));
  EXPECT_EQ(waiting.status, 409);
  EXPECT_EQ(text_at(waiting, "/reason/code"), "usage_limit_held");
  EXPECT_EQ(shop.as_shop("POST", "/v1/codes/release", {{"order_ref", "o-1"}}).status, 200);
  EXPECT_EQ(shop.as_shop("POST", "/v1/codes/redeem", cart("o-2")).status, 200);
  const auto order = Shop::order_body("o-2", "", "MIA10");
  EXPECT_EQ(shop.as_shop("POST", "/v1/orders", order).status, 201);
  EXPECT_EQ(shop.as_shop("POST", "/v1/codes/redeem", cart("o-3")).status, 409);
  const auto back = shop.as_shop("POST", "/v1/codes/rollback", {{"order_ref", "o-2"}});
  EXPECT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(text_at(back, "/rolled_back/0/state"), "rolled_back");
  const auto both = shop.as_shop(
      "POST", "/v1/codes/validate",
      {{"codes", {"MIA10", "NOSUCH"}}, {"currency", "EUR"}, {"subtotal_minor", 1'000}});
  EXPECT_EQ(text_at(both, "/stack/1/reason/code"), "code_not_found");
  EXPECT_EQ(shop.as_shop("POST", "/v1/codes/redeem", cart("o-3")).status, 200);
  EXPECT_EQ(server.stop(), 0) << server.log();
  const Ran verified = run_program({"verify", "--data", data});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

TEST(Checkout, TwoServersOnOneDatabaseGiveExactlyTheLimit) {
  const test::TestDatabase database(storage::Engine::postgres);
  const test::TemporaryDirectory directory;
  const std::vector<std::string> first{"--data", directory.file("a"), "--database", database.url()};
  const std::vector<std::string> second{"--data", directory.file("b"), "--database",
                                        database.url()};
  const BrandKeys keys = init_brand(first);
  ServerProcess a(first);
  ServerProcess b(second);
  Shop shop(a.port(), keys);
  shop.set_up();
  constexpr int uses = 37;
  limit(shop, uses);
  std::atomic<int> granted{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < 12; ++client) {
    clients.emplace_back([&, client] {
      Shop own(client % 2 == 0 ? a.port() : b.port(), keys);
      for (int i = 0; i < 10; ++i) {
        const auto ref = "o-" + std::to_string(client) + "-" + std::to_string(i);
        if (i % 3 == 0) own.as_shop("POST", "/v1/codes/reserve", cart(ref));
        const auto answer = own.as_shop("POST", "/v1/codes/redeem", cart(ref));
        if (answer.status == 200) ++granted;
        if (answer.status != 200) {
          EXPECT_EQ(answer.status, 409) << answer.body;
        }
        if (i % 3 == 0) own.as_shop("POST", "/v1/codes/release", {{"order_ref", ref}});
      }
    });
  }
  for (auto& client : clients)
    client.join();
  // A hold that was released in between may have turned somebody away; the rest is there to take.
  for (int i = 0; granted < uses && i < uses; ++i) {
    if (shop.as_shop("POST", "/v1/codes/redeem", cart("rest-" + std::to_string(i))).status == 200)
      ++granted;
  }
  EXPECT_EQ(granted, uses);
  EXPECT_EQ(text_at(shop.as_shop("POST", "/v1/codes/redeem", cart("one-more")), "/reason/code"),
            "usage_limit_reached");
  EXPECT_EQ(a.stop(), 0);
  EXPECT_EQ(b.stop(), 0);
  const Ran verified =
      run_program({"verify", "--data", directory.file("a"), "--database", database.url()});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

// What shops were told, over all lives of the server.
struct Told {
  std::mutex mutex;
  std::map<std::string, std::string> redeemed;  // order_ref → body
};

void check_out_until_it_dies(std::uint16_t port, BrandKeys keys, const std::string& name,
                             std::uint32_t seed, Told& told) {
  Shop shop(port, std::move(keys));
  std::mt19937 random(seed);
  try {
    for (int i = 0;; ++i) {
      const auto ref = name + "-" + std::to_string(i);
      if (random() % 2 == 0) shop.as_shop("POST", "/v1/codes/reserve", cart(ref));
      if (random() % 4 == 0) shop.as_shop("POST", "/v1/codes/release", {{"order_ref", ref}});
      const auto answer = shop.as_shop("POST", "/v1/codes/redeem", cart(ref));
      if (answer.status != 200) continue;
      if (random() % 2 == 0) {
        shop.as_shop("POST", "/v1/codes/rollback", {{"order_ref", ref}});
      } else {
        const std::scoped_lock lock(told.mutex);
        told.redeemed[ref] = answer.body;
      }
    }
  } catch (const std::runtime_error&) {
    return;  // the server is dead
  }
}

TEST(Checkout, KillNineBetweenAnyTwoStepsNeitherLosesNorDoublesAUse) {
  const test::TemporaryDirectory directory;
  const std::string data = directory.file("data");
  const BrandKeys keys = init_brand({"--data", data});
  constexpr int uses = 150;
  {
    ServerProcess server({"--data", data});
    Shop shop(server.port(), keys);
    shop.set_up();
    limit(shop, uses);
    EXPECT_EQ(server.stop(), 0);
  }
  std::mt19937 random(test::random_seed());
  Told told;
  const int lives = std::getenv("FAIRLEAD_LONG") != nullptr ? 300 : 6;
  for (int life = 0; life < lives; ++life) {
    ServerProcess server({"--data", data});
    std::vector<std::thread> clients;
    for (int client = 0; client < 4; ++client) {
      clients.emplace_back(check_out_until_it_dies, server.port(), keys,
                           "o-" + std::to_string(life) + "-" + std::to_string(client),
                           static_cast<std::uint32_t>(random()), std::ref(told));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 200));
    server.kill_now();
    for (auto& client : clients)
      client.join();
    const Ran verified = run_program({"verify", "--data", data});
    ASSERT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  }
  ASSERT_GT(told.redeemed.size(), 5u) << "the load must be real";
  EXPECT_LE(told.redeemed.size(), static_cast<std::size_t>(uses));
  ServerProcess server({"--data", data});
  Shop shop(server.port(), keys);
  for (const auto& [ref, body] : told.redeemed) {
    const auto again = shop.as_shop("POST", "/v1/codes/redeem", cart(ref));
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(again.body, body);
  }
}

}  // namespace
}  // namespace fairlead::whole

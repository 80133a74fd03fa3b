// A limit of N gives exactly N, whatever many clients do to it at once: on both engines, for codes
// and campaigns, with holds that come, go and run out in between. FAIRLEAD_LONG runs 1,000 rounds
// of 10,000 tries.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <cstdlib>
#include <random>
#include <thread>

#include "tests/codes/checkout.hpp"
#include "tests/support/random.hpp"

namespace fairlead::codes {
namespace {

class LimitRace : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(LimitRace);

constexpr int clients = 64;

bool is_long() {
  return std::getenv("FAIRLEAD_LONG") != nullptr;
}

void all_at_once(const std::function<void(int client)>& work) {
  std::barrier start(clients);
  std::vector<std::jthread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      start.arrive_and_wait();
      work(client);
    });
  }
}

TEST_P(LimitRace, ExactlyNOfManyTriesSucceed) {
  const Checkout checkout(database());
  const int rounds = is_long() ? 1'000 : 2;
  const int tries_per_client = is_long() ? 157 : 6;  // times 64
  constexpr int limit = 97;
  for (int round = 0; round < rounds; ++round) {
    const auto name = "ROUND-" + std::to_string(round);
    const auto id =
        checkout.create(name, std::string(ten_percent) + R"(,"limits":{"uses_max":97})");
    std::atomic<int> granted{0};
    std::atomic<int> refused{0};
    all_at_once([&](int client) {
      for (int i = 0; i < tries_per_client; ++i) {
        const auto reply = checkout.redeem(
            cart_json(name, name + "/" + std::to_string(client * 1'000 + i), 1'000));
        (reply.status == 200 ? granted : refused)++;
        if (reply.status != 200) {
          EXPECT_EQ(reply.at("/reason/code"), "usage_limit_reached");
        }
      }
    });
    ASSERT_EQ(granted, limit) << name;
    ASSERT_EQ(granted + refused, clients * tries_per_client);
    ASSERT_EQ(checkout.counter(id), "used=97 spent=9700");
  }
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(LimitRace, DifferentCodesOfACampaignShareItsLimitAndItsBudget) {
  const Checkout checkout(database());
  for (int code = 0; code < 8; ++code)
    checkout.create("CODE-" + std::to_string(code), ten_percent);
  for (const auto* limits : {R"({"uses_max":41})", R"({"budget_minor":8200})"}) {
    checkout.run("DELETE FROM code_uses");
    checkout.share_limits("{}");
    checkout.share_limits(limits);
    std::atomic<int> granted{0};
    all_at_once([&](int client) {
      const auto reply = checkout.redeem(cart_json("CODE-" + std::to_string(client % 8),
                                                   "order-" + std::to_string(client), 2'000));
      if (reply.status == 200) ++granted;
    });
    EXPECT_EQ(granted, 41) << limits;
    EXPECT_EQ(checkout.counter(checkout.campaign.text()), "used=41 spent=8200");
    EXPECT_TRUE(checkout.verify().empty());
  }
}

TEST_P(LimitRace, CartsOfSeveralCodesNeitherDeadlockNorTakeHalf) {
  const Checkout checkout(database());
  std::string all;
  for (int code = 0; code < 4; ++code) {
    const auto number = std::to_string(code);
    checkout.create("CODE-" + number, std::string(ten_percent) +
                                          R"(,"limits":{"uses_max":20},"stacking":{"group":")" +
                                          number + "\"}");
    all += (code == 0 ? "\"CODE-" : ",\"CODE-") + number + "\"";
  }
  std::atomic<int> granted{0};
  all_at_once([&](int client) {
    // In any order, and some with one code only.
    const auto one = "\"CODE-" + std::to_string(client % 4) + "\"";
    const auto reply = checkout.redeem(R"({"codes":[)" + (client % 3 == 0 ? one : one + "," + all) +
                                       R"(],"order_ref":"order-)" + std::to_string(client) +
                                       R"(","currency":"EUR","subtotal_minor":1000})");
    if (reply.status == 200) granted += client % 3 == 0 ? 1 : 4;
    if (reply.status != 200) {
      EXPECT_EQ(reply.status, 409) << reply.body;
    }
  });
  EXPECT_EQ(checkout.count_uses("redeemed"), granted);
  EXPECT_TRUE(checkout.verify().empty());
}

// One client's dealings with a few orders that it shares with others, at random.
void deal_at_random(const Checkout& checkout, std::uint32_t seed, int calls) {
  std::mt19937 random(seed);
  for (int i = 0; i < calls; ++i) {
    const auto order = "order-" + std::to_string(random() % 24);
    const auto subtotal = static_cast<std::int64_t>(1'000 + random() % 3 * 500);
    const auto customer = R"(,"customer":{"key":")" + std::to_string(random() % 5) + "\"}";
    auto cart = cart_with(random() % 3 == 0 ? "OTHER" : "BUSY", order, subtotal, customer);
    if (random() % 4 == 0) {
      const auto list = random() % 2 == 0 ? R"("codes":["OTHER"])" : R"("codes":["OTHER","BUSY"])";
      cart.replace(1, cart.find(',') - 1, list);
    }
    const auto held = cart.substr(0, cart.size() - 1) + R"(,"ttl_s":30})";
    Reply reply;
    switch (random() % 8) {
      case 0:
      case 1:
      case 2:
        reply = checkout.reserve(held);
        break;
      case 3:
      case 4:
        reply = checkout.redeem(cart);
        break;
      case 5:
        reply = checkout.release(R"({"order_ref":")" + order + "\"}");
        break;
      case 6:
        reply = checkout.rollback(R"({"order_ref":")" + order + "\"}");
        break;
      default:
        reply = checkout.validate(cart);
        break;
    }
    EXPECT_LT(reply.status, 500) << reply.body;
  }
}

// Many clients deal at once while holds run out under them; the counters are right then.
void deal_while_time_flies(Checkout& checkout, const std::function<void()>& look = {}) {
  const auto seed = test::random_seed();
  std::atomic<bool> is_done{false};
  std::jthread clock([&] {
    while (!is_done) {
      checkout.clock.advance_seconds(7);
      std::this_thread::yield();
      if (look) look();
    }
  });
  all_at_once([&](int client) {
    deal_at_random(checkout, seed + static_cast<std::uint32_t>(client), is_long() ? 2'000 : 20);
  });
  is_done = true;
  clock.join();
  for (const auto& difference : checkout.verify()) {
    ADD_FAILURE() << difference.what << ": expected " << difference.expected << ", stored "
                  << difference.stored;
  }
}

TEST_P(LimitRace, HoldsThatComeGoAndRunOutLeaveTheCountersRight) {
  Checkout checkout(database());
  const auto id = checkout.create(
      "BUSY", std::string(ten_percent) + R"(,"limits":{"uses_max":9,"uses_per_customer_max":3})"
                                         R"(,"stacking":{"group":"a"})");
  checkout.create(
      "OTHER", std::string(ten_percent) + R"(,"limits":{"uses_max":3},"stacking":{"group":"b"})");
  checkout.share_limits(R"({"uses_max":8,"budget_minor":100000})");
  deal_while_time_flies(checkout, [&] {
    // The limit as a reader sees it, at every instant.
    EXPECT_LE(checkout.number("SELECT used + held FROM code_limit_counters WHERE scope = "
                              "'campaign'"),
              8);
  });
  // Whatever happened, what is left can be taken, to the last use and no further.
  checkout.clock.advance_seconds(3'600);
  const auto used =
      checkout.number("SELECT used FROM code_limit_counters WHERE scope = 'campaign'");
  int granted = 0;
  for (int i = 0; i < 12; ++i) {
    granted += checkout
                   .redeem(cart_json("BUSY", "last-" + std::to_string(i), 1'000,
                                     "someone-" + std::to_string(i)))
                   .status == 200;
  }
  EXPECT_EQ(used + granted, 8) << id;
  EXPECT_TRUE(checkout.verify().empty());
}

// Without a limit that they share, each code gives back its own holds only: an order that goes from
// one code to the other leaves a hold behind that nobody gives back but the next who asks for it.
TEST_P(LimitRace, OrdersThatGoFromCodeToCodeLeaveNoHoldBehind) {
  Checkout checkout(database());
  checkout.create(
      "BUSY", std::string(ten_percent) + R"(,"limits":{"uses_max":40},"stacking":{"group":"a"})");
  checkout.create(
      "OTHER", std::string(ten_percent) + R"(,"limits":{"uses_max":40},"stacking":{"group":"b"})");
  deal_while_time_flies(checkout);
}

}  // namespace
}  // namespace fairlead::codes

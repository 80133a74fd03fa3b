// Many clients at once, on both engines: what is limited is never exceeded, and nothing is lost.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <set>
#include <thread>

#include "tests/codes/checkout.hpp"

namespace fairlead::codes {
namespace {

class Race : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(Race);

constexpr int clients = 64;

// Every client makes its calls at once; gives all replies.
std::vector<Reply> all_at_once(int calls_per_client, const std::function<Reply(int, int)>& call) {
  std::vector<Reply> replies(static_cast<std::size_t>(clients * calls_per_client));
  std::barrier start(clients);
  std::vector<std::jthread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      start.arrive_and_wait();
      for (int i = 0; i < calls_per_client; ++i) {
        replies[static_cast<std::size_t>(client * calls_per_client + i)] = call(client, i);
      }
    });
  }
  threads.clear();
  return replies;
}

struct Tally {
  std::int64_t granted = 0;
  std::map<std::string, std::int64_t> refused;  // by reason
};

Tally tally(const std::vector<Reply>& replies) {
  Tally tally;
  for (const auto& reply : replies) {
    if (reply.status == 200) {
      ++tally.granted;
    } else {
      EXPECT_EQ(reply.status, 409) << reply.body;
      ++tally.refused[reply.at("/reason/code")];
    }
  }
  return tally;
}

TEST_P(Race, LimitOfNGivesExactlyNUses) {
  const Checkout checkout(database());
  for (const int limit : {1, 7, 100}) {
    const int rounds = limit == 100 ? 1 : 3;
    for (int round = 0; round < rounds; ++round) {
      const auto name = "LIMIT" + std::to_string(limit) + "-" + std::to_string(round);
      const auto id = checkout.create(name, std::string(ten_percent) + R"(,"limits":{"uses_max":)" +
                                                std::to_string(limit) + "}");
      const int calls = limit == 100 ? 3 : 1;
      const auto counts = tally(all_at_once(calls, [&](int client, int i) {
        return checkout.redeem(
            cart_json(name, name + "/" + std::to_string(client) + "/" + std::to_string(i), 5'000));
      }));
      EXPECT_EQ(counts.granted, limit);
      EXPECT_EQ(counts.refused.at("usage_limit_reached"), clients * calls - limit);
      EXPECT_EQ(checkout.counter(id),
                "used=" + std::to_string(limit) + " spent=" + std::to_string(limit * 500));
    }
  }
  EXPECT_EQ(checkout.count_uses("redeemed"), 3 * 1 + 3 * 7 + 100);
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Race, OneOrderRefGivesOneUseAndOneAnswer) {
  const Checkout checkout(database());
  for (const auto* rest : {"", R"(,"limits":{"uses_max":1})", R"(,"limits":{"uses_max":5})"}) {
    const auto name = "SHARED" + std::to_string(std::string_view(rest).size()) + "-" +
                      std::to_string(std::string_view(rest).find('5'));
    checkout.create(name.substr(0, 40), std::string(ten_percent) + rest);
    const auto before = checkout.count_uses("redeemed");
    std::set<std::string> bodies;
    for (const auto& reply : all_at_once(1, [&](int, int) {
           return checkout.redeem(cart_json(name.substr(0, 40), "order-" + name, 5'000));
         })) {
      EXPECT_EQ(reply.status, 200) << reply.body;
      bodies.insert(reply.body);
    }
    EXPECT_EQ(bodies.size(), 1U);
    EXPECT_EQ(checkout.count_uses("redeemed"), before + 1);
  }
  EXPECT_TRUE(checkout.verify().empty());
}

// Two calls for an order that nobody has seen yet find no row of it to wait for.
TEST_P(Race, CodesOfANewOrderKnowOfEachOther) {
  const Checkout checkout(database());
  const std::string most = R"("discount":{"kind":"percent","rate_ppm":600000})";
  for (const auto* name : {"LONE-A", "LONE-B"})
    checkout.create(name, most);
  for (const auto* name : {"BESIDE-A", "BESIDE-B"})
    checkout.create(name, most + R"(,"stacking":{"group":")" + name + R"("})");
  // Half of the clients take one code, half the other, each pair of them for an order of its own.
  const auto redeem = [&](const std::string& codes, int client, int call) {
    return checkout.redeem(cart_json(codes + (client % 2 == 0 ? "-A" : "-B"),
                                     codes + std::to_string(client / 2 * 100 + call), 1'000));
  };
  const int orders = clients / 2 * 3;
  const auto lone =
      tally(all_at_once(3, [&](int client, int call) { return redeem("LONE", client, call); }));
  EXPECT_EQ(lone.granted, orders);
  EXPECT_EQ(lone.refused.at("combination_disallowed"), orders);
  for (const auto& reply :
       all_at_once(3, [&](int client, int call) { return redeem("BESIDE", client, call); }))
    EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(checkout.number(
                "SELECT CAST(MAX(given) AS BIGINT) FROM (SELECT SUM(discount_minor) AS given FROM "
                "code_uses GROUP BY order_ref) AS orders"),
            840)
      << "60 %, and 60 % of what that left";
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Race, OneIdempotencyKeyGivesOneUseAndOneAnswer) {
  const Checkout checkout(database());
  checkout.create("KEYED", ten_percent);
  const auto body = cart_json("KEYED", "order-1", 5'000);
  std::set<std::string> bodies;
  for (const auto& reply : all_at_once(1, [&](int, int) {
         return checkout.call(net::Method::post, "/v1/codes/redeem", body, "shop",
                              {{"Idempotency-Key", "one-key"}});
       })) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    bodies.insert(reply.body);
  }
  EXPECT_EQ(bodies.size(), 1U);
  EXPECT_EQ(checkout.count_uses("redeemed"), 1);
}

TEST_P(Race, BudgetIsNeverExceeded) {
  const Checkout checkout(database());
  // Each use takes 300 + 10 × client; the budget holds a few of them.
  const auto id =
      checkout.create("BUDGET", std::string(ten_percent) + R"(,"limits":{"budget_minor":4000})");
  std::int64_t spent = 0;
  for (const auto& reply : all_at_once(1, [&](int client, int) {
         return checkout.redeem(
             cart_json("BUDGET", "order-" + std::to_string(client), 3'000 + client * 100));
       })) {
    if (reply.status == 200) {
      spent += std::stoll(reply.at("/discount/amount_minor"));
    } else {
      EXPECT_EQ(reply.at("/reason/code"), "budget_exhausted");
    }
  }
  EXPECT_LE(spent, 4'000);
  EXPECT_GT(spent, 4'000 - 940) << "room for the largest use was left although all asked";
  EXPECT_EQ(checkout.number("SELECT spent_minor FROM code_limit_counters WHERE scope_id = " +
                            std::to_string(core::CodeId::parse(id)->number)),
            spent);
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Race, OneCustomerTakesNoMoreThanItsLimitAndRefusalsBurnNothing) {
  const Checkout checkout(database());
  const auto id =
      checkout.create("PERHEAD", std::string(ten_percent) +
                                     R"(,"limits":{"uses_max":60,"uses_per_customer_max":2})");
  // 32 customers come twice as often as they may.
  const auto counts = tally(all_at_once(2, [&](int client, int i) {
    return checkout.redeem(cart_json("PERHEAD", std::to_string(client) + "/" + std::to_string(i),
                                     5'000, "customer-" + std::to_string(client % 16)));
  }));
  // 16 customers × 2 uses = 32 < 60: had refusals burned capacity, the code would have run out.
  EXPECT_EQ(counts.granted, 32);
  EXPECT_EQ(counts.refused.at("customer_limit_reached"), 2 * clients - 32);
  EXPECT_EQ(counts.refused.size(), 1U);
  EXPECT_EQ(checkout.counter(id), "used=32 spent=16000");
  EXPECT_EQ(checkout.count_slots(), 32);
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Race, FirstLimitSetAmongRedeemersCountsEveryUse) {
  const Checkout checkout(database());
  for (int round = 0; round < 3; ++round) {
    const auto name = "OPEN-" + std::to_string(round);
    const auto id = checkout.create(name, ten_percent);
    const auto counts = tally(all_at_once(4, [&](int client, int i) {
      if (client == 0) {
        const auto limit = i % 2 == 0 ? R"({"limits":{"uses_max":40,"uses_per_customer_max":3}})"
                                      : R"({"limits":null})";
        const auto edited = checkout.patch(id, i == 3 ? R"({"limits":{"uses_max":40}})" : limit);
        EXPECT_EQ(edited.status, 200) << edited.body;
        return edited;
      }
      return checkout.redeem(cart_json(name, name + "/" + std::to_string(client * 10 + i), 1'000,
                                       "customer-" + std::to_string(client)));
    }));
    EXPECT_GE(counts.granted, 4);
    const auto differences = checkout.verify();
    for (const auto& difference : differences) {
      ADD_FAILURE() << difference.what << ": expected " << difference.expected << ", stored "
                    << difference.stored;
    }
  }
}

// Each order asks for two of four codes again and again, each time for other ones: what it gives
// back and what it takes comes in no order that two calls have in common.
TEST_P(Race, ListsThatReplaceEachOtherDoNotWaitInACircle) {
  const Checkout checkout(database());
  for (const auto* name : {"ALPHA", "BRAVO", "CHARLIE", "DELTA"})
    checkout.create(name, std::string(ten_percent) + R"(,"limits":{"uses_max":100000},)" +
                              R"("stacking":{"group":")" + name + "\"}");
  constexpr const char* lists[] = {R"(["ALPHA","DELTA"])", R"(["CHARLIE","BRAVO"])",
                                   R"(["DELTA","BRAVO"])", R"(["CHARLIE","ALPHA"])"};
  for (const auto& reply : all_at_once(4, [&](int client, int call) {
         return checkout.reserve(std::string(R"({"codes":)") + lists[(client + call) % 4] +
                                 R"(,"order_ref":"order-)" + std::to_string(client) +
                                 R"(","currency":"EUR","subtotal_minor":1000})");
       })) {
    EXPECT_TRUE(reply.status == 200 || reply.status == 201) << reply.body;
  }
  for (const auto& reply : all_at_once(1, [&](int client, int) {
         return checkout.release(R"({"order_ref":"order-)" + std::to_string(client) + "\"}");
       }))
    EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(checkout.count_uses("held"), 0);
  EXPECT_TRUE(checkout.verify().empty());
}

}  // namespace
}  // namespace fairlead::codes

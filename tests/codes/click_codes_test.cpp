// A code that one click made: good for one order, whoever else asks, and no other brand's.
#include "codes/click_codes.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "core/crypto.hpp"
#include "tests/codes/checkout.hpp"

namespace fairlead::codes {

namespace {

constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::string written(std::int64_t number, std::size_t size) {
  std::string text(size, '0');
  for (std::size_t i = size; i-- > 0; number >>= 5)
    text[i] = letters[static_cast<std::size_t>(number & 31)];
  return text;
}

// Stands for the redirect's MAC: ten letters that only this brand, code and click have.
std::string proof(core::BrandId brand, core::CodeId code, core::ClickId click) {
  const auto digest = core::sha256(brand.text() + code.text() + click.text());
  std::int64_t number = 0;
  for (std::size_t i = 0; i < 7; ++i)
    number = number << 8 | digest[i];
  return written(number, 10);
}

std::optional<core::ClickId> read_proof(core::BrandId brand, core::CodeId code,
                                        std::string_view digits) {
  std::int64_t number = 0;
  for (const char c : digits.substr(0, 13)) {
    if (letters.find(c) == letters.npos) return std::nullopt;
    number = number << 5 | static_cast<std::int64_t>(letters.find(c));
  }
  const core::ClickId click{number};
  if (digits.substr(13) != proof(brand, code, click)) return std::nullopt;
  return click;
}

class ClickCode : public test::OnEveryEngine {
 protected:
  // The text that the redirect gave to a click of `days_ago`; each call is another click.
  std::string made(const std::string& code_id, std::string_view prefix = "MIA10",
                   std::int64_t days_ago = 0) {
    return std::string(prefix) + "-" + digits_of(shop.brand, code_id, days_ago);
  }
  std::string digits_of(core::BrandId brand, const std::string& code_id,
                        std::int64_t days_ago = 0) {
    click = {core::first_id_at(shop.clock.now().plus_days(-days_ago)) + ++clicks};
    return written(click.number, 13) + proof(brand, core::CodeId::parse(code_id).value(), click);
  }
  static std::string reason_of(const Reply& reply) { return reply.at("/reason/code"); }
  std::int64_t count_codes() { return shop.number("SELECT COUNT(*) FROM codes"); }

  Checkout shop{database(), {}, read_proof};
  core::ClickId click;
  std::int64_t clicks = 0;
};
INSTANTIATE_ON_ENGINES(ClickCode);

TEST_P(ClickCode, IsGoodForOneOrder) {
  const auto code = made(shop.create("MIA10", ten_percent));
  EXPECT_EQ(shop.validate(cart_json(code, "A-1", 10'000)).at("/discount/amount_minor"), "1000");
  EXPECT_EQ(count_codes(), 1);  // asking writes nothing

  const auto taken = shop.redeem(cart_json(code, "A-1", 10'000));
  ASSERT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(taken.at("/code"), code);
  EXPECT_EQ(taken.at("/code_id"), core::CodeId{click.number}.text());
  EXPECT_EQ(shop.redeem(cart_json(code, "A-1", 10'000)).body, taken.body);
  EXPECT_EQ(reason_of(shop.redeem(cart_json(code, "A-2", 10'000))), "usage_limit_reached");
  EXPECT_EQ(reason_of(shop.validate(cart_json(code, "A-2", 10'000))), "usage_limit_reached");
  // Another click's is another code, and the code itself is not used up by either.
  const auto mia10 = shop.validate(cart_json("MIA10", "A-3", 10'000));
  EXPECT_EQ(shop.redeem(cart_json(made(mia10.at("/code_id")), "A-3", 10'000)).status, 200);
  EXPECT_EQ(mia10.at("/valid"), "true");
  // Nobody types it by heart: it has no looks, and no sheet takes it to another shop.
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM codes WHERE click_id = code_id"), 2);
  const auto sheet = shop.call(net::Method::get, "/v1/codes.csv", "", "viewer").body;
  EXPECT_NE(sheet.find("MIA10,"), sheet.npos) << sheet;
  EXPECT_EQ(sheet.find("MIA10-"), sheet.npos) << sheet;
  EXPECT_TRUE(shop.verify().empty());
}

TEST_P(ClickCode, HasTheTermsOfItsCode) {
  const auto id = shop.create("MIA10", R"("discount":{"kind":"fixed","amount_minor":500,
      "currency":"EUR"},"limits":{"subtotal_min_minor":2000,"uses_per_customer_max":1})");
  const auto code = made(id);
  EXPECT_EQ(reason_of(shop.redeem(cart_json(code, "A-1", 1'999))), "min_subtotal_not_met");
  EXPECT_EQ(count_codes(), 1);  // nor does a refusal
  EXPECT_EQ(shop.redeem(cart_json(code, "A-1", 2'000)).at("/discount/amount_minor"), "500");
  const auto free = shop.create("SHIP", R"("discount":{"kind":"free_shipping"})");
  EXPECT_EQ(shop.redeem(cart_json(made(free, "SHIP"), "A-2", 100)).status, 200);

  const auto late = made(id);
  ASSERT_EQ(shop.patch(id, R"({"enabled":false})").status, 200);
  EXPECT_EQ(reason_of(shop.redeem(cart_json(late, "A-3", 2'000))), "code_disabled");
}

TEST_P(ClickCode, ForgedOrForeignIsOneThatNeverWas) {
  const auto id = shop.create("MIA10", ten_percent);
  shop.create("NOA10", ten_percent);
  const auto good = made(id);
  auto forged = good;
  forged.back() = forged.back() == '0' ? '2' : '0';
  const std::string cases[] = {forged,
                               "NOA10-" + digits_of(shop.brand, id),
                               "MIA10-" + digits_of(shop.other_brand, id),
                               "NEVER-" + digits_of(shop.brand, id),
                               good.substr(0, good.size() - 1),
                               good + "0",
                               good.substr(6),
                               "-" + good.substr(6),
                               "MIA10" + good.substr(6)};
  for (const auto& code : cases) {
    EXPECT_EQ(reason_of(shop.validate(cart_json(code, "A-1", 100))), "code_not_found") << code;
    EXPECT_EQ(reason_of(shop.redeem(cart_json(code, "A-1", 100))), "code_not_found") << code;
  }
  EXPECT_EQ(count_codes(), 2);
}

TEST_P(ClickCode, IsOverAfterThirtyDays) {
  const auto id = shop.create("MIA10", ten_percent);
  EXPECT_EQ(reason_of(shop.redeem(cart_json(made(id, "MIA10", 30), "A-1", 100))), "code_expired");
  EXPECT_EQ(shop.redeem(cart_json(made(id, "MIA10", 29), "A-1", 100)).status, 200);
}

TEST_P(ClickCode, IsReadAsPeopleTypeIt) {
  const auto id = shop.create("MIA10", ten_percent);
  std::string code;
  do {
    code = made(id);  // until it has a digit to be mistaken
  } while (code.find('0', 6) == code.npos || code.find('1', 6) == code.npos);
  auto typed = code;
  typed[typed.find('0', 6)] = 'o';
  typed[typed.find('1', 6)] = 'l';
  ASSERT_EQ(shop.redeem(cart_json(typed, "A-1", 100)).status, 200);
  EXPECT_EQ(reason_of(shop.redeem(cart_json(code, "A-2", 100))), "usage_limit_reached");
  EXPECT_EQ(reason_of(shop.redeem(cart_json(typed, "A-2", 100))), "usage_limit_reached");
}

TEST_P(ClickCode, IsHeldAndGivenBackAsAnyOther) {
  const auto code = made(shop.create("MIA10", ten_percent));
  const auto typed = code.substr(0, 6) + "o" + code.substr(7);  // every id of today begins with 0
  ASSERT_EQ(code[6], '0');
  const auto of_order = [&](std::string_view order) {
    return R"({"order_ref":")" + std::string(order) + R"(","code":")" + typed + R"("})";
  };
  // Before anybody took it there is nothing to give back, and no row is made for that.
  EXPECT_EQ(shop.release(of_order("A-1")).status, 200);
  EXPECT_EQ(shop.rollback(of_order("A-1")).at("/reason/code"), "not_redeemed");
  EXPECT_EQ(count_codes(), 1);

  ASSERT_EQ(shop.reserve(cart_json(code, "A-1", 10'000)).status, 201);
  EXPECT_EQ(reason_of(shop.redeem(cart_json(code, "A-2", 10'000))), "usage_limit_held");
  ASSERT_EQ(shop.release(of_order("A-1")).at("/released/0/state"), "released");
  EXPECT_EQ(shop.redeem(cart_json(typed, "A-2", 10'000)).status, 200);
  EXPECT_EQ(reason_of(shop.redeem(cart_json(code, "A-3", 10'000))), "usage_limit_reached");
  EXPECT_EQ(shop.rollback(of_order("A-2")).status, 200);
  EXPECT_EQ(shop.redeem(cart_json(code, "A-3", 10'000)).status, 200);
  const auto paid = shop.redeem(cart_with(code, "A-4", 10'000, R"(,"paid":true)"));
  EXPECT_EQ(paid.at("/flags/0"), "over_limit") << paid.body;
  EXPECT_TRUE(shop.verify().empty());
}

TEST_P(ClickCode, TakesFromWhatItsCampaignShares) {
  const auto id = shop.create("MIA10", ten_percent);
  shop.share_limits(R"({"uses_max":2,"budget_minor":2500})");
  EXPECT_EQ(shop.redeem(cart_json(made(id), "A-1", 10'000)).status, 200);
  EXPECT_EQ(reason_of(shop.redeem(cart_json(made(id), "A-2", 20'000))), "budget_exhausted");
  EXPECT_EQ(shop.redeem(cart_json("MIA10", "A-3", 10'000)).status, 200);
  EXPECT_EQ(reason_of(shop.validate(cart_json(made(id), "A-4", 100))), "usage_limit_reached");
  EXPECT_EQ(reason_of(shop.redeem(cart_json(made(id), "A-4", 100))), "usage_limit_reached");
  EXPECT_EQ(shop.counter(shop.campaign.text()), "used=2 spent=2000");
  EXPECT_EQ(count_codes(), 2);
  EXPECT_TRUE(shop.verify().empty());
}

TEST_P(ClickCode, KeepsTheConditionsOfItsCode) {
  const auto id = shop.create(
      "MIA10", std::string(ten_percent) +
                   R"(,"items":{"skus":["MUG"]},"stacking":{"group":"creator","priority":7})");
  shop.create("SHIP", R"("discount":{"kind":"free_shipping"},"stacking":{"group":"shipping"})");
  const auto code = made(id);
  const auto cart = [&](std::string_view codes, std::string_view order) {
    return R"({"codes":)" + std::string(codes) + R"(,"order_ref":")" + std::string(order) +
           R"(","currency":"EUR","shipping_minor":490,"items":[)"
           R"({"line_id":"a","sku":"MUG","quantity":1,"unit_price_minor":1000},)"
           R"({"line_id":"b","sku":"CUP","quantity":1,"unit_price_minor":1000}]})";
  };
  // Its own code's group is its group: the two do not combine.
  const auto both = shop.redeem(cart(R"([")" + code + R"(","MIA10"])", "A-1"));
  EXPECT_EQ(reason_of(both), "combination_disallowed") << both.body;
  EXPECT_EQ(count_codes(), 2);
  const auto taken = shop.redeem(cart(R"(["SHIP",")" + code + R"("])", "A-1"));
  EXPECT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(taken.at("/discount/amount_minor"), "590");
  EXPECT_EQ(taken.at("/stack/0/code"), code);
  EXPECT_EQ(shop.redeem(cart(R"([")" + code + R"(","SHIP"])", "A-1")).body, taken.body);
  EXPECT_TRUE(shop.verify().empty());
}

TEST_P(ClickCode, OfAnArchivedDealIsSwitchedOffAndStillSomebodys) {
  const auto id = shop.create("MIA10", ten_percent);
  shop.run("UPDATE deals SET archived_at = 1 WHERE deal_id = 3001");
  const auto code = made(id);
  EXPECT_EQ(reason_of(shop.redeem(cart_json(code, "A-1", 100))), "code_disabled");
  EXPECT_EQ(count_codes(), 1);
  const auto owner = database().transact([&](storage::Session& session) {
    return take_owner(session, shop.brand, code, read_proof, shop.clock.now());
  });
  ASSERT_TRUE(owner.value().has_value());
  EXPECT_EQ((*owner)->deal, shop.deal);
}

TEST_P(ClickCode, IsTakenOnceHoweverManyAskAtOnce) {
  constexpr int clients = 16;
  const auto id = shop.create("MIA10", ten_percent);
  for (int round = 0; round < 4; ++round) {
    const auto code = made(id);
    std::atomic<int> granted{0};
    std::atomic<int> refused{0};
    std::barrier start(clients);
    std::vector<std::jthread> threads;
    for (int client = 0; client < clients; ++client) {
      threads.emplace_back([&, client] {
        start.arrive_and_wait();
        const auto ref = "R" + std::to_string(round) + "-" + std::to_string(client);
        const auto reply = shop.redeem(cart_json(code, ref, 10'000));
        granted += reply.status == 200 ? 1 : 0;
        refused += reply.status == 409 && reason_of(reply) == "usage_limit_reached" ? 1 : 0;
      });
    }
    threads.clear();
    EXPECT_EQ(granted, 1);
    EXPECT_EQ(refused, clients - 1);
  }
  EXPECT_EQ(shop.count_uses("redeemed"), 4);
  EXPECT_TRUE(shop.verify().empty());
}

TEST_P(ClickCode, AnOrderThatNamesItIsItsInfluencersAndItsClicks) {
  const auto id = shop.create("MIA10", ten_percent);
  const auto code = made(id);
  const auto owner_of = [&](std::string_view text) {
    return database()
        .transact([&](storage::Session& session) {
          return take_owner(session, shop.brand, text, read_proof, shop.clock.now());
        })
        .value();
  };
  const auto owner = owner_of(code);
  ASSERT_TRUE(owner.has_value());
  EXPECT_EQ(owner->deal, shop.deal);
  EXPECT_EQ(owner->influencer, core::InfluencerId{4001});
  EXPECT_EQ(owner->click, click);
  EXPECT_EQ(owner_of(code)->code, owner->code);  // there is one row
  EXPECT_FALSE(owner_of("MIA10")->click);
  EXPECT_FALSE(owner_of("MIA10-" + std::string(23, '0')).has_value());
  EXPECT_EQ(count_codes(), 2);
}

}  // namespace

}  // namespace fairlead::codes

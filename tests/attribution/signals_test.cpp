// The signals of fraud: what each must do on facts made by hand, and their error rates on simulated
// brands whose truth is known.
#include "attribution/signals.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "attribution/signals/share_test.hpp"
#include "attribution/signals/tails.hpp"
#include "core/crypto.hpp"
#include "core/email_hash.hpp"
#include "tests/attribution/signal_simulation.hpp"

namespace fairlead::attribution {
namespace {

constexpr Signal ways[] = {Signal::click_to_order_short, Signal::click_to_order_long,
                           Signal::velocity, Signal::network_concentration,
                           Signal::duplicate_customers};

// --- the distributions, by exact rationals ------------------------------------------------------

TEST(Tails, OfTheBetaBinomialAreThoseOfPolyaUrn) {
  EXPECT_NEAR(beta_binomial_tail(3, 4, 1, 1), 0.4, 1e-12);  // beta(1, 1): all counts alike
  EXPECT_NEAR(beta_binomial_tail(1, 1, 3, 7), 0.3, 1e-12);
  EXPECT_NEAR(beta_binomial_tail(2, 2, 2, 3), 2.0 / 5 * 3 / 6, 1e-12);
  EXPECT_NEAR(beta_binomial_tail(10, 100, 0.1, 49.9) / beta_binomial_tail(11, 100, 0.1, 49.9), 1.5,
              0.4);
  EXPECT_EQ(beta_binomial_tail(0, 5, 1, 1), 1);
  EXPECT_EQ(beta_binomial_tail(6, 5, 1, 1), 0);
}

TEST(Tails, OfTheHypergeometricAreThoseOfCards) {
  EXPECT_NEAR(hypergeometric_tail(4, 5, 4, 52), 48.0 / 2'598'960, 1e-15);  // four aces
  EXPECT_NEAR(hypergeometric_tail(1, 5, 4, 52), 1 - 1'712'304.0 / 2'598'960, 1e-12);
  EXPECT_EQ(hypergeometric_tail(3, 5, 8, 10), 1);  // two are not marked
  EXPECT_EQ(hypergeometric_tail(5, 5, 4, 52), 0);
}

TEST(Tails, OfTheNegativeBinomialBecomeThoseOfPoisson) {
  // 15 where 5 are expected: 2.263e-4 by Poisson; with r = 2 a burst is nothing unusual.
  EXPECT_NEAR(negative_binomial_tail(15, 5, 1e9), 2.263e-4, 1e-7);
  EXPECT_NEAR(negative_binomial_tail(15, 5, 2), 0.034, 5e-4);
  EXPECT_NEAR(negative_binomial_tail(1, 2, 1), 2.0 / 3, 1e-12);  // geometric
  EXPECT_EQ(negative_binomial_tail(0, 2, 1), 1);
}

// --- the share test -----------------------------------------------------------------------------

TEST(ShareTest, SaysNothingOfTooLittle) {
  std::vector<Hits> hits(7, {1, 60});
  hits[0] = {10, 19};
  EXPECT_FALSE(ShareTest(hits).weigh(0).has_enough);
  hits[0] = {10, 20};
  EXPECT_TRUE(ShareTest(hits).weigh(0).has_enough);
  EXPECT_FALSE(ShareTest({hits.begin(), hits.begin() + 5}).weigh(0).has_enough);
  std::vector<Hits> small(7, {0, 40});
  small[0] = {10, 20};
  EXPECT_FALSE(ShareTest(small).weigh(0).has_enough);  // 240 orders
}

TEST(ShareTest, WeighsAgainstTheOthersAndNotAgainstItself) {
  std::vector<Hits> hits(10, {2, 100});
  hits[0] = {50, 100};
  const auto cheat = ShareTest(hits).weigh(0);
  EXPECT_NEAR(cheat.expected_share, 0.02, 0.002);
  EXPECT_LT(cheat.p, 1e-6);
  EXPECT_GT(ShareTest(hits).weigh(1).p, 0.1);
}

TEST(ShareTest, ExpectsInfluencersToDifferAsTheOthersDo) {
  std::vector<Hits> alike(16, {2, 100});
  std::vector<Hits> differing(16, {0, 100});
  for (std::size_t i = 0; i < 16; i += 4)
    differing[i] = {20, 100};
  alike[1] = differing[1] = {20, 100};
  EXPECT_LT(ShareTest(alike).weigh(1).p, 0.001);
  EXPECT_GT(ShareTest(differing).weigh(1).p, 0.01);
}

// --- each signal by hand ------------------------------------------------------------------------

// Eight influencers with 60 orders each over 60 days, whom nothing is wrong with.
SignalFacts usual_facts() {
  SignalFacts facts;
  facts.from = core::parse_instant("2026-01-01T00:00:00Z").value();
  facts.now = facts.from.plus_days(60);
  std::int64_t number = 0;
  for (std::int64_t day = 0; day < 60; ++day) {
    for (std::int64_t influencer = 1; influencer <= 8; ++influencer) {
      ++number;
      SignalOrder order;
      order.commission = core::CommissionId{number};
      order.order = core::OrderId{number};
      order.influencer = core::InfluencerId{influencer};
      order.placed_at = facts.from.plus_days(day).plus_seconds(influencer * 3'600);
      order.customer = "c" + std::to_string(number);
      order.customer_email = "e" + std::to_string(number);
      order.click_age_s = 300 + number * 7 % 3'000;
      order.lookback_s = 30 * 86'400;
      order.network = "n" + std::to_string(number);
      order.visitor = number;
      facts.orders.push_back(order);
    }
  }
  return facts;
}

// Changes every `nth` order of influencer 3.
template <class Change>
SignalFacts facts_with(std::int64_t nth, Change change) {
  SignalFacts facts = usual_facts();
  std::int64_t count = 0;
  for (SignalOrder& order : facts.orders) {
    if (order.influencer.number == 3 && ++count % nth == 0) change(order, count);
  }
  return facts;
}

// "3:click_to_order_short" of what was found.
std::set<std::string> found_in(const SignalFacts& facts) {
  std::set<std::string> found;
  for (const SignalFinding& finding : find_signals(facts)) {
    if (finding.verdict == SignalVerdict::found)
      found.insert(std::to_string(finding.influencer.number) + ":" +
                   std::string(test_of(finding.signal).name));
  }
  return found;
}

using Found = std::set<std::string>;

TEST(Signals, AreATableInTheOrderOfTheEnumWithDifferentNames) {
  std::set<std::string_view> names;
  for (const SignalTest& test : signal_tests()) {
    EXPECT_EQ(&test, &test_of(test.signal));
    EXPECT_EQ(&test, find_signal_test(test.name));
    EXPECT_TRUE(names.insert(test.name).second);
    EXPECT_LE(test.told.size(), 200u);
    EXPECT_EQ(test.told.find_first_of("0123456789"), test.told.npos) << "a threshold?";
    EXPECT_EQ(test.find == nullptr, test.p_max == 0);
  }
  EXPECT_EQ(find_signal_test("nonsense"), nullptr);
}

TEST(Signals, FindNothingInUsualOrders) {
  EXPECT_EQ(found_in(usual_facts()), Found{});
  for (const SignalFinding& finding : find_signals(usual_facts()))
    EXPECT_EQ(finding.verdict, SignalVerdict::normal)
        << test_of(finding.signal).name << " " << finding.influencer.number;
}

TEST(Signals, SayNothingOfAYoungBrand) {
  SignalFacts facts = usual_facts();
  facts.orders.resize(100);
  for (const SignalFinding& finding : find_signals(facts)) {
    EXPECT_EQ(finding.verdict, SignalVerdict::not_enough_data) << test_of(finding.signal).name;
    EXPECT_EQ(finding.p, 1);
    EXPECT_TRUE(finding.evidence.empty());
  }
  EXPECT_TRUE(find_signals({}).empty());
}

TEST(Signals, OrdersAtOnceAfterTheClickAreFoundWithTheirEvidence) {
  const auto facts = facts_with(3, [](SignalOrder& order, auto) { order.click_age_s = 4; });
  EXPECT_EQ(found_in(facts), Found{"3:click_to_order_short"});
  for (const SignalFinding& finding : find_signals(facts)) {
    if (finding.verdict != SignalVerdict::found) continue;
    EXPECT_EQ(finding.hits, 20);
    EXPECT_EQ(finding.orders, 60);
    EXPECT_LT(finding.expected, 1);
    EXPECT_EQ(finding.threshold, 99);  // a quarter of the usual twentieth
    ASSERT_EQ(finding.evidence.size(), 20u);
    for (const std::size_t index : finding.evidence) {
      EXPECT_EQ(facts.orders[index].influencer, finding.influencer);
      EXPECT_EQ(facts.orders[index].click_age_s, 4);
    }
  }
}

TEST(Signals, OneQuickOrderIsNone) {
  EXPECT_EQ(found_in(facts_with(60, [](SignalOrder& order, auto) { order.click_age_s = 1; })),
            Found{});
}

TEST(Signals, TimesAsEvenAsChanceAreFoundAndSlowShoppersAreNot) {
  EXPECT_EQ(found_in(facts_with(2,
                                [](SignalOrder& order, std::int64_t count) {
                                  order.click_age_s = 86'401 + count * 41'000;
                                })),
            Found{"3:click_to_order_long"});
  // As many, but most on the second and third day.
  EXPECT_EQ(found_in(facts_with(2,
                                [](SignalOrder& order, std::int64_t count) {
                                  order.click_age_s = 86'401 + count * 2'000;
                                })),
            Found{});
  EXPECT_EQ(found_in(facts_with(2,
                                [](SignalOrder& order, std::int64_t count) {
                                  order.click_age_s = 86'401 + count * 41'000;
                                  order.lookback_s = 2 * 86'400;
                                })),
            Found{})
      << "nothing is late where a click counts for two days";
}

TEST(Signals, ABurstWithoutAPostIsFound) {
  SignalFacts facts = usual_facts();
  const core::Instant burst = facts.now.plus_seconds(-5'000);
  for (std::int64_t i = 0; i < 40; ++i) {
    SignalOrder order = facts.orders[2];
    ASSERT_EQ(order.influencer.number, 3);
    order.placed_at = burst.plus_seconds(i);
    order.order = core::OrderId{10'000 + i};
    order.customer = order.customer_email = "burst " + std::to_string(i);
    order.network = order.customer;
    order.visitor = 10'000 + i;
    facts.orders.push_back(order);
  }
  EXPECT_EQ(found_in(facts), Found{"3:velocity"});
  facts.posts[core::InfluencerId{3}] = {facts.now.plus_seconds(-40'000)};
  EXPECT_EQ(found_in(facts), Found{});
}

TEST(Signals, CustomersFromOneNetworkAreFoundUnlessOthersHaveThemToo) {
  const auto farm = facts_with(5, [](SignalOrder& order, auto) { order.network = "farm"; });
  EXPECT_EQ(found_in(farm), Found{"3:network_concentration"});
  SignalFacts carrier = usual_facts();
  for (std::size_t i = 0; i < carrier.orders.size(); i += 3)
    carrier.orders[i].network = "carrier";
  EXPECT_EQ(found_in(carrier), Found{});
  // One good customer is not many.
  EXPECT_EQ(found_in(facts_with(5,
                                [](SignalOrder& order, auto) {
                                  order.network = "home";
                                  order.customer = "fan";
                                  order.customer_email = "fan@";
                                  order.visitor = 77'777;
                                })),
            Found{});
}

TEST(Signals, CustomersUnderOtherNamesAreFound) {
  const Found duplicates{"3:duplicate_customers"};
  EXPECT_EQ(found_in(facts_with(3, [](SignalOrder& o, auto) { o.customer_email = "same"; })),
            duplicates);
  EXPECT_EQ(found_in(facts_with(3, [](SignalOrder& o, auto) { o.visitor = 99'999; })), duplicates);
  EXPECT_EQ(found_in(facts_with(3,
                                [](SignalOrder& o, auto) {
                                  o.customer = "fan";
                                  o.customer_email = "fan@";
                                  o.is_said_to_be_new = true;
                                })),
            duplicates);
  // Who orders often under one name, as a guest first, is a good customer.
  EXPECT_EQ(found_in(facts_with(3,
                                [](SignalOrder& o, std::int64_t count) {
                                  o.customer = count < 30 ? "fan@" : "fan";
                                  o.customer_email = count < 30 ? "" : "fan@";
                                  o.visitor = 77'777;
                                })),
            Found{});
}

// --- simulations ---------------------------------------------------------------------------------

struct Rates {
  std::int64_t influencers = 0;
  std::int64_t alarms = 0;
  double share() const {
    return influencers == 0 ? 0 : static_cast<double>(alarms) / static_cast<double>(influencers);
  }
};

std::uint32_t seed_of_simulation() {
  const char* given = std::getenv("FAIRLEAD_SEED");
  const auto seed = given != nullptr ? static_cast<std::uint32_t>(std::stoul(given)) : 2026U;
  std::printf("seed: FAIRLEAD_SEED=%u\n", seed);
  return seed;
}

// --- own purchases, with known buyers -----------------------------------------------------------

// How an influencer may buy from the own link, and whether that can be known.
struct OwnPurchase {
  std::string_view manner;
  bool is_recognisable;
  std::string (*address)(const std::string& name, const std::string& domain);
};
constexpr OwnPurchase own_purchases[] = {
    {"the known address", true,
     [](const std::string& name, const std::string& domain) { return name + "@" + domain; }},
    {"Gmail's other name", true,
     [](const std::string& name, const std::string& domain) {
       return name + "@" + (domain == "gmail.com" ? "googlemail.com" : domain);
     }},
    {"another tag", false,
     [](const std::string& name, const std::string& domain) { return name + "+gift@" + domain; }},
    {"another address", false,
     [](const std::string& name, const std::string& domain) { return name + ".shop@" + domain; }},
};

// 500 influencers, each with own purchases in every manner and 20 customers, some of whom are
// called much the same.
TEST(SignalSimulation, OwnPurchasesAreFoundWhereTheAddressTellsAndCustomersNever) {
  std::mt19937_64 random(seed_of_simulation());
  const auto hash = [](const std::string& address) {
    return core::hex(core::as_text(core::sha256(address)));
  };
  const auto name = [&] {
    std::string text = "mia";
    for (int i = 0; i < 3; ++i)
      text += static_cast<char>('a' + random() % 3);
    return text;
  };
  std::map<std::string_view, Rates> own;
  Rates customers;
  for (int influencer = 0; influencer < 500; ++influencer) {
    const std::string domain = random() % 2 == 0 ? "gmail.com" : "example.com";
    const std::string known = name();
    const std::string typed = " " + known + (random() % 2 == 0 ? "+brand" : "") + "@" + domain;
    for (const OwnPurchase& manner : own_purchases) {
      Rates& rates = own[manner.manner];
      ++rates.influencers;
      if (core::is_hash_of_email(hash(manner.address(known, domain)), typed)) ++rates.alarms;
    }
    for (int i = 0; i < 20; ++i) {
      const std::string other = name();
      if (other == known) continue;
      ++customers.influencers;
      if (core::is_hash_of_email(hash(other + "@" + domain), typed)) ++customers.alarms;
    }
  }
  for (const OwnPurchase& manner : own_purchases)
    EXPECT_EQ(own[manner.manner].alarms, manner.is_recognisable ? 500 : 0) << manner.manner;
  EXPECT_GT(customers.influencers, 9'000);
  EXPECT_EQ(customers.alarms, 0);
}

// --- simulated brands ---------------------------------------------------------------------------

struct Table {
  std::map<Signal, Rates> honest;
  std::map<Signal, Rates> cheating;
  Rates cleared;  // honest influencers with an alarm of any signal that holds by default
};

// Looks after each of the last 30 days, as the server does, and counts who ever had an alarm.
void count(const SimulatedBrand& brand, Table& table) {
  std::map<Signal, std::set<core::InfluencerId>> alarms;
  std::set<core::InfluencerId> all;
  for (std::int64_t day = SimulatedBrand::cheating_from + 1; day <= SimulatedBrand::days; ++day) {
    for (const SignalFinding& finding : find_signals(brand.until(day))) {
      all.insert(finding.influencer);
      if (finding.verdict == SignalVerdict::found)
        alarms[finding.signal].insert(finding.influencer);
    }
  }
  for (const core::InfluencerId influencer : all) {
    const auto cheat = brand.cheats.find(influencer);
    bool is_held = false;
    for (const Signal way : ways) {
      const bool is_found = alarms[way].contains(influencer);
      is_held = is_held || (is_found && test_of(way).default_action == "hold");
      if (cheat != brand.cheats.end() && cheat->second != way) continue;
      Rates& rates = cheat == brand.cheats.end() ? table.honest[way] : table.cheating[way];
      ++rates.influencers;
      rates.alarms += is_found ? 1 : 0;
    }
    if (cheat != brand.cheats.end()) continue;
    ++table.cleared.influencers;
    table.cleared.alarms += is_held ? 1 : 0;
  }
}

// A short version of the table of docs/measurement.md, with margins for the few influencers: a
// test that is blind finds none, one that cries wolf has alarms in a tenth of the honest ones.
TEST(SignalSimulation, CheatsAreFoundAndHonestInfluencersAreNot) {
  std::mt19937_64 random(seed_of_simulation());
  Table table;
  for (int i = 0; i < 6; ++i)
    count(simulate_brand(random, 24, ways), table);
  for (const Signal way : ways) {
    EXPECT_EQ(table.cheating[way].influencers, 6);
    EXPECT_GE(table.cheating[way].alarms, 4) << "of 6 by " << test_of(way).name;
    EXPECT_GE(table.honest[way].influencers, 100);
    EXPECT_LE(table.honest[way].alarms, 3) << test_of(way).name;
  }
  EXPECT_LE(table.cleared.alarms, 4);
}

// The whole table, as Markdown: FAIRLEAD_SIGNAL_BRANDS brands of 24 influencers, 5 of them
// cheating.
TEST(SignalSimulation, DISABLED_Table) {
  const char* given = std::getenv("FAIRLEAD_SIGNAL_BRANDS");
  const int brands = given != nullptr ? std::atoi(given) : 20;
  std::mt19937_64 random(seed_of_simulation());
  Table table;
  for (int i = 0; i < brands; ++i)
    count(simulate_brand(random, 24, ways), table);
  std::printf("| Signal | Cheats | Found | Honest | False alarms |\n|---|---|---|---|---|\n");
  for (const Signal way : ways) {
    const Rates& cheats = table.cheating[way];
    const Rates& honest = table.honest[way];
    std::printf("| `%s` | %lld | %.1f %% | %lld | %.2f %% |\n",
                std::string(test_of(way).name).c_str(), static_cast<long long>(cheats.influencers),
                100 * cheats.share(), static_cast<long long>(honest.influencers),
                100 * honest.share());
  }
  std::printf("| any that holds | | | %lld | %.2f %% |\n",
              static_cast<long long>(table.cleared.influencers), 100 * table.cleared.share());
}

}  // namespace
}  // namespace fairlead::attribution

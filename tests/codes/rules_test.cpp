// The rules without a database: golden lines, precedence, and properties of the arithmetic.
#include "codes/rules.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "codes/life.hpp"
#include "tests/codes/rules_words.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/random.hpp"

namespace fairlead::codes {
namespace {

struct Situation {
  std::optional<Terms> terms;
  Cart cart;
  Standing standing;
  State before = State::none;
  SameCart same_cart = SameCart::yes;
  Action action = Action::redeem;
};

constexpr core::Instant now{100};

// Stage 1, then the others, as a call goes through them.
Judgement judged(const Situation& situation) {
  const auto life = judge_life(situation.action, situation.before, situation.same_cart);
  if (life != Verdict::accepted) return {.verdict = life};
  auto judgement = judge(situation.terms ? &*situation.terms : nullptr, situation.cart,
                         Rest(situation.cart), situation.standing, now);
  judgement.verdict = explain_no_room(situation.action, situation.before, judgement.verdict);
  return judgement;
}

TEST(Rules, GiveTheGoldenVerdicts) {
  for (const auto& line : test::golden_lines("codes/verdicts.txt", 4)) {
    const auto terms = read_terms(line.fields[0]);
    const Situation situation{terms, read_cart(line.fields[1]),
                              read_standing(line.fields[2], terms)};
    EXPECT_EQ(text_of(judged(situation)), line.fields[3]) << line.where;
  }
}

Action read_action(const std::string& word) {
  const std::map<std::string, Action> actions{{"validate", Action::validate},
                                              {"reserve", Action::reserve},
                                              {"redeem", Action::redeem},
                                              {"release", Action::release},
                                              {"rollback", Action::rollback}};
  return actions.at(word);
}

// Every action on every state of a use: what it answers before any rule is asked.
TEST(Life, GivesTheGoldenVerdicts) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& line : test::golden_lines("codes/life.txt", 4)) {
    const auto state = line.fields[1] == "none" ? State::none : parse_state(line.fields[1]);
    const auto same = line.fields[2] == "same" ? SameCart::yes : SameCart::no;
    EXPECT_EQ(name_of(judge_life(read_action(line.fields[0]), state, same)), line.fields[3])
        << line.where;
    seen.emplace(line.fields[0], line.fields[1]);
  }
  EXPECT_EQ(seen.size(), 5U * 7U) << "an action on a state has no golden line";
}

TEST(Life, ARedeemThatFindsNoRoomSaysWhatBecameOfItsHold) {
  const auto full = Verdict::usage_limit_reached;
  EXPECT_EQ(explain_no_room(Action::redeem, State::expired, full), Verdict::reservation_expired);
  EXPECT_EQ(explain_no_room(Action::redeem, State::released, Verdict::usage_limit_held),
            Verdict::reservation_released);
  EXPECT_EQ(explain_no_room(Action::redeem, State::none, full), full);
  EXPECT_EQ(explain_no_room(Action::reserve, State::expired, full), full);
  EXPECT_EQ(explain_no_room(Action::redeem, State::expired, Verdict::code_expired),
            Verdict::code_expired);
}

TEST(Rules, EveryVerdictHasAGoldenLine) {
  // Named by an id that the wire brings; its test is the one of the routes.
  std::set<std::string> seen{"reservation_not_found", "reservation_expired",
                             "reservation_released"};
  for (const auto* file : {"codes/verdicts.txt", "codes/life.txt"}) {
    for (const auto& line : test::golden_lines(file, 4))
      seen.insert(test::words_of(line.fields[3]).at(0));
  }
  for (const auto verdict : all_verdicts()) {
    EXPECT_TRUE(seen.contains(std::string(name_of(verdict))))
        << "no golden line gives " << name_of(verdict);
  }
}

// Each entry spoils a good situation so that it alone gives its verdict; in order of precedence.
struct Spoiler {
  Verdict verdict;
  void (*spoil)(Situation&);
};
const Spoiler spoilers[] = {
    {Verdict::order_ref_conflict,
     [](Situation& s) {
       s.before = State::redeemed;
       s.same_cart = SameCart::no;
     }},
    {Verdict::code_not_found, [](Situation& s) { s.terms.reset(); }},
    {Verdict::code_disabled,
     [](Situation& s) {
       if (s.terms) s.terms->is_enabled = false;
     }},
    {Verdict::code_not_started,
     [](Situation& s) {
       if (s.terms) s.terms->starts_at = now.plus_micros(1);
     }},
    {Verdict::code_expired,
     [](Situation& s) {
       if (s.terms) s.terms->ends_at = now;
     }},
    {Verdict::outside_schedule,
     [](Situation& s) {
       if (s.terms) s.terms->schedule = {"UTC", {{0x7f, 60, 120}}};
     }},
    {Verdict::customer_required,
     [](Situation& s) {
       s.cart.customer = {};
       s.standing.capacities.push_back({{.uses_per_customer_max = 1}, s.cart.currency});
     }},
    {Verdict::customer_not_eligible,
     [](Situation& s) {
       if (s.terms) s.terms->customers.groups = {"vip"};
     }},
    {Verdict::self_use_not_allowed, [](Situation& s) { s.standing.is_influencer = true; }},
    {Verdict::first_order_only,
     [](Situation& s) {
       s.standing.customer_has_ordered = true;
       if (s.terms) s.terms->customers.is_first_order_only = true;
     }},
    {Verdict::click_required,
     [](Situation& s) {
       if (s.terms) s.terms->customers.click_hours_max = 1;
     }},
    {Verdict::currency_mismatch, [](Situation& s) { s.cart.currency = core::Currency::of("USD"); }},
    {Verdict::items_not_eligible,
     [](Situation& s) {
       if (s.terms) s.terms->items.product_ids = {"other"};
     }},
    {Verdict::min_subtotal_not_met,
     [](Situation& s) {
       if (s.terms) s.terms->cart.subtotal_min_minor = s.cart.subtotal_minor + 1;
     }},
    {Verdict::max_subtotal_exceeded,
     [](Situation& s) {
       if (s.terms) s.terms->cart.subtotal_max_minor = s.cart.subtotal_minor - 1;
     }},
    {Verdict::min_quantity_not_met,
     [](Situation& s) {
       if (s.terms) s.terms->cart.quantity_min = 9;
     }},
    {Verdict::combination_disallowed, [](Situation& s) { s.standing.company.emplace_back(); }},
    {Verdict::usage_limit_reached,
     [](Situation& s) {
       s.standing.capacities.push_back({{.uses_max = 3}, core::Currency::of("EUR"), {.used = 3}});
     }},
    {Verdict::budget_exhausted,
     [](Situation& s) {
       s.standing.capacities.push_back(
           {{.budget_minor = 500}, s.cart.currency, {.spent_minor = 1}});
     }},
    {Verdict::customer_limit_reached,
     [](Situation& s) {
       s.standing.capacities.push_back(
           {{.uses_per_customer_max = 1}, core::Currency::of("EUR"), {.customer_used = 1}});
     }},
    {Verdict::usage_limit_held,
     [](Situation& s) {
       s.standing.capacities.push_back({{.uses_max = 3}, core::Currency::of("EUR"), {.held = 3}});
     }},
};

Situation good_situation() {
  return {read_terms("fixed=500"), read_cart("EUR lines=a:10000:2:p1 customer=mia new"), {}};
}

// The life of a use gives the rest of them.
bool is_of_the_rules(Verdict verdict) {
  switch (verdict) {
    case Verdict::already_redeemed:
    case Verdict::already_rolled_back:
    case Verdict::not_redeemed:
    case Verdict::reservation_not_found:
    case Verdict::reservation_expired:
    case Verdict::reservation_released:
      return false;
    default:
      return is_refusal(verdict);
  }
}

TEST(Rules, EachRefusalStandsAlone) {
  ASSERT_EQ(judged(good_situation()).verdict, Verdict::accepted);
  std::vector<Verdict> of_the_rules;
  for (const auto verdict : all_verdicts()) {
    if (is_of_the_rules(verdict)) of_the_rules.push_back(verdict);
  }
  ASSERT_EQ(std::size(spoilers), of_the_rules.size())
      << "a refusal has no entry in the order of precedence";
  for (std::size_t i = 0; i < std::size(spoilers); ++i) {
    const auto& spoiler = spoilers[i];
    EXPECT_EQ(name_of(spoiler.verdict), name_of(of_the_rules[i])) << "out of order";
    auto situation = good_situation();
    spoiler.spoil(situation);
    EXPECT_EQ(name_of(judged(situation).verdict), name_of(spoiler.verdict));
    EXPECT_EQ(judged(situation).granted.amount_minor, 0);
  }
}

TEST(Rules, OfTwoRefusalsTheEarlierInTheOrderAnswers) {
  for (std::size_t first = 0; first < std::size(spoilers); ++first) {
    for (std::size_t second = first + 1; second < std::size(spoilers); ++second) {
      auto situation = good_situation();
      spoilers[second].spoil(situation);
      spoilers[first].spoil(situation);
      EXPECT_EQ(name_of(judged(situation).verdict), name_of(spoilers[first].verdict))
          << "against " << name_of(spoilers[second].verdict);
    }
  }
}

// Any number of digits is equally likely.
std::int64_t any_amount(test::Random& random) {
  return random.between(0, std::int64_t{1} << random.between(0, 40));
}

Cart any_cart(test::Random& random) {
  Cart cart{.currency = core::Currency::of("EUR"), .lines = {}};
  const auto lines = random.between(0, 12);
  for (std::int64_t i = 0; i < lines; ++i) {
    const auto quantity = random.between(1, 5);
    CartLine line{"line" + std::to_string(i), any_amount(random) * quantity, quantity};
    line.product_id = "p" + std::to_string(random.between(1, 3));
    line.is_on_sale = random.between(0, 3) == 0;
    cart.subtotal_minor += line.amount_minor;
    cart.lines.push_back(std::move(line));
  }
  if (lines == 0) cart.subtotal_minor = any_amount(random);
  cart.shipping_minor = any_amount(random);
  return cart;
}

Terms any_terms(test::Random& random) {
  Terms terms{.discount = {}, .currency = core::Currency::of("EUR"), .limits = {}};
  auto& discount = terms.discount;
  discount.kind = static_cast<DiscountKind>(random.between(0, 3));
  discount.method = random.between(0, 1) == 0 ? Method::each : Method::across;
  discount.rate = {random.between(1, 1'000'000)};
  discount.amount_minor = any_amount(random) + 1;
  if (random.between(0, 2) == 0) discount.amount_max_minor = any_amount(random) + 1;
  discount.buy_quantity = random.between(1, 4);
  discount.get_quantity = random.between(1, 4);
  if (random.between(0, 1) == 0) discount.sets_max = random.between(1, 3);
  if (random.between(0, 1) == 0) discount.get = ItemFilter{.product_ids = {"p1", "p2"}};
  if (random.between(0, 2) == 0) terms.items.product_ids = {"p2", "p3"};
  if (random.between(0, 2) == 0) terms.items.excludes_sale_items = true;
  return terms;
}

TEST(Discounts, PartsSumToTheAmountAndSeveralCodesNeverTakeMoreThanThereIs) {
  test::Random random;
  for (int round = 0; round < 5'000; ++round) {
    const auto cart = any_cart(random);
    Rest rest(cart);
    for (auto codes = random.between(1, 4); codes > 0; --codes) {
      const auto terms = any_terms(random);
      const auto granted = grant(terms, cart, rest);
      std::int64_t sum = 0;
      for (const auto& part : granted.allocations) {
        sum += part.amount_minor;
        ASSERT_GT(part.amount_minor, 0);
        if (part.target == Allocation::Target::line) {
          ASSERT_LE(part.amount_minor, rest.lines_minor.at(std::stoul(part.line_id.substr(4))));
        } else {
          ASSERT_LE(part.amount_minor, part.target == Allocation::Target::shipping
                                           ? rest.shipping_minor
                                           : rest.subtotal_minor);
        }
      }
      ASSERT_EQ(sum, granted.amount_minor);
      ASSERT_LE(granted.amount_minor,
                terms.discount.amount_max_minor.value_or(granted.amount_minor));
      rest.take(granted.allocations, cart);
    }
  }
}

// Every way to split the units of a small cart into bought and got, by brute force.
std::int64_t most_units_got(const Discount& discount, std::int64_t units) {
  std::int64_t best = 0;
  for (std::int64_t bought = 0; bought <= units; bought += discount.buy_quantity) {
    const auto sets = bought / discount.buy_quantity;
    if (discount.sets_max && sets > *discount.sets_max) break;
    best = std::max(best, std::min(sets * discount.get_quantity, units - bought));
  }
  return best;
}

TEST(Discounts, BuyXGetYGivesAsManyUnitsAsAnySplitCould) {
  test::Random random;
  for (int round = 0; round < 2'000; ++round) {
    Terms terms{.discount = {}, .currency = core::Currency::of("EUR"), .limits = {}};
    terms.discount = {.kind = DiscountKind::buy_x_get_y, .rate = {core::ppm_one}};
    terms.discount.buy_quantity = random.between(1, 5);
    terms.discount.get_quantity = random.between(1, 5);
    if (random.between(0, 1) == 0) terms.discount.sets_max = random.between(1, 4);
    const auto units = random.between(1, 40);
    Cart cart{.currency = terms.currency, .lines = {{"line0", units * 7, units}}};
    cart.subtotal_minor = units * 7;
    EXPECT_EQ(grant(terms, cart, Rest(cart)).amount_minor,
              7 * most_units_got(terms.discount, units))
        << "buy " << terms.discount.buy_quantity << " get " << terms.discount.get_quantity << " of "
        << units;
  }
}

TEST(Rules, SpendNothingOfABudgetInAnotherCurrency) {
  const auto eur = core::Currency::of("EUR");
  EXPECT_EQ(spent_by(eur, eur, 700), 700);
  EXPECT_EQ(spent_by(eur, core::Currency::of("USD"), 700), 0);
}

}  // namespace
}  // namespace fairlead::codes

// The rules without a database: golden lines, precedence, and properties of the arithmetic.
#include "codes/rules.hpp"

#include <gtest/gtest.h>

#include "tests/support/golden.hpp"
#include "tests/support/random.hpp"

namespace fairlead::codes {
namespace {

struct Situation {
  std::optional<Terms> terms;
  Cart cart;
  Standing standing;
};

constexpr core::Instant now{100};

Judgement judged(const Situation& situation) {
  return judge(situation.terms ? &*situation.terms : nullptr, situation.cart, situation.standing,
               now);
}

std::pair<std::string, std::string> pair_of(const std::string& word) {
  const auto equals = word.find('=');
  if (equals == word.npos) return {word, ""};
  return {word.substr(0, equals), word.substr(equals + 1)};
}

std::optional<Terms> read_terms(const std::string& text) {
  if (text == "none") return std::nullopt;
  Terms terms{.discount = {}, .currency = core::Currency::of("EUR"), .limits = {}};
  for (const auto& word : test::words_of(text)) {
    const auto [name, value] = pair_of(word);
    const auto number = [&] { return std::stoll(value); };
    if (name == "percent") {
      terms.discount = {.kind = DiscountKind::percent, .rate = {number()}};
    } else if (name == "fixed") {
      terms.discount = {.kind = DiscountKind::fixed, .rate = {}, .amount_minor = number()};
    } else if (name == "free_shipping") {
      terms.discount = {.kind = DiscountKind::free_shipping, .rate = {}};
    } else if (name == "currency") {
      terms.currency = core::Currency::of(value);
    } else if (name == "uses_max") {
      terms.limits.uses_max = number();
    } else if (name == "per_customer") {
      terms.limits.uses_per_customer_max = number();
    } else if (name == "budget") {
      terms.limits.budget_minor = number();
    } else if (name == "min") {
      terms.limits.subtotal_min_minor = number();
    } else if (name == "starts") {
      terms.starts_at = core::Instant{number()};
    } else if (name == "ends") {
      terms.ends_at = core::Instant{number()};
    } else if (name == "disabled") {
      terms.is_enabled = false;
    } else {
      ADD_FAILURE() << "unknown word of terms: " << word;
    }
  }
  return terms;
}

Cart read_cart(const std::string& text) {
  const auto words = test::words_of(text);
  Cart cart{.currency = core::Currency::of(words.at(0)), .lines = {}, .customer = {}};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto [name, value] = pair_of(words[i]);
    if (name == "subtotal") {
      cart.subtotal_minor = std::stoll(value);
    } else if (name == "ship") {
      cart.shipping_minor = std::stoll(value);
    } else if (name == "customer") {
      cart.customer = value;
    } else if (name == "lines") {
      for (const auto& part : test::parts_of(value, ",")) {
        const auto fields = test::parts_of(part, ":");
        cart.lines.push_back({fields.at(0), std::stoll(fields.at(1))});
        cart.subtotal_minor += cart.lines.back().amount_minor;
      }
    } else {
      ADD_FAILURE() << "unknown word of a cart: " << words[i];
    }
  }
  return cart;
}

Standing read_standing(const std::string& text) {
  Standing standing;
  for (const auto& word : test::words_of(text)) {
    const auto [name, value] = pair_of(word);
    if (name == "used") {
      standing.used = std::stoll(value);
    } else if (name == "spent") {
      standing.spent_minor = std::stoll(value);
    } else if (name == "customer_used") {
      standing.customer_used = std::stoll(value);
    } else if (name == "earlier") {
      standing.earlier = value == "same" ? EarlierUse::same_cart : EarlierUse::other_cart;
    } else {
      ADD_FAILURE() << "unknown word of a standing: " << word;
    }
  }
  return standing;
}

std::string text_of(const Judgement& judgement) {
  std::string text(name_of(judgement.verdict));
  if (judgement.verdict == Verdict::accepted) {
    text += " amount=" + std::to_string(judgement.granted.amount_minor) + " parts=";
    std::string separator;
    for (const auto& part : judgement.granted.allocations) {
      text += separator;
      switch (part.target) {
        case Allocation::Target::line:
          text += part.line_id;
          break;
        case Allocation::Target::subtotal:
          text += "subtotal";
          break;
        case Allocation::Target::shipping:
          text += "shipping";
          break;
      }
      text += ":" + std::to_string(part.amount_minor);
      separator = ",";
    }
  } else if (judgement.verdict == Verdict::min_subtotal_not_met) {
    text += " missing=" + std::to_string(judgement.missing_minor);
  } else if (judgement.verdict == Verdict::budget_exhausted) {
    text += " left=" + std::to_string(judgement.budget_left_minor);
  }
  return text;
}

TEST(Rules, GiveTheGoldenVerdicts) {
  for (const auto& line : test::golden_lines("codes/verdicts.txt", 4)) {
    const Situation situation{read_terms(line.fields[0]), read_cart(line.fields[1]),
                              read_standing(line.fields[2])};
    EXPECT_EQ(text_of(judged(situation)), line.fields[3]) << line.where;
  }
}

TEST(Rules, EveryVerdictHasAGoldenLine) {
  std::set<std::string> seen;
  for (const auto& line : test::golden_lines("codes/verdicts.txt", 4)) {
    seen.insert(test::words_of(line.fields[3]).at(0));
  }
  for (const auto verdict : all_verdicts()) {
    EXPECT_TRUE(seen.contains(std::string(name_of(verdict))))
        << "verdicts.txt has no line for " << name_of(verdict);
  }
}

// Each entry spoils a good situation so that it alone gives its verdict; in order of precedence.
struct Spoiler {
  Verdict verdict;
  void (*spoil)(Situation&);
};
const Spoiler spoilers[] = {
    {Verdict::order_ref_conflict,
     [](Situation& s) { s.standing.earlier = EarlierUse::other_cart; }},
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
    {Verdict::customer_required,
     [](Situation& s) {
       s.cart.customer.clear();
       if (s.terms) s.terms->limits.uses_per_customer_max = 1;
     }},
    {Verdict::currency_mismatch, [](Situation& s) { s.cart.currency = core::Currency::of("USD"); }},
    {Verdict::min_subtotal_not_met,
     [](Situation& s) {
       if (s.terms) s.terms->limits.subtotal_min_minor = s.cart.subtotal_minor + 1;
     }},
    {Verdict::usage_limit_reached,
     [](Situation& s) {
       s.standing.used = 3;
       if (s.terms) s.terms->limits.uses_max = 3;
     }},
    {Verdict::budget_exhausted,
     [](Situation& s) {
       s.standing.spent_minor = 1;
       if (s.terms) s.terms->limits.budget_minor = s.terms->discount.amount_minor;
     }},
    {Verdict::customer_limit_reached,
     [](Situation& s) {
       s.standing.customer_used = 1;
       if (s.terms) s.terms->limits.uses_per_customer_max = 1;
     }},
};

Situation good_situation() {
  return {read_terms("fixed=500"), read_cart("EUR subtotal=10000 customer=mia"), {}};
}

TEST(Rules, EachRefusalStandsAlone) {
  ASSERT_EQ(judged(good_situation()).verdict, Verdict::accepted);
  std::size_t refusals = 0;
  for (const auto verdict : all_verdicts())
    refusals += is_refusal(verdict) ? 1 : 0;
  EXPECT_EQ(std::size(spoilers), refusals) << "a refusal has no entry in the order of precedence";
  for (const auto& spoiler : spoilers) {
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

TEST(Rules, AllocationsSumToTheDiscountAndNeverExceedTheirLine) {
  test::Random random;
  for (int round = 0; round < 5'000; ++round) {
    Cart cart{.currency = core::Currency::of("EUR"), .lines = {}, .customer = {}};
    const auto lines = random.between(0, 12);
    for (std::int64_t i = 0; i < lines; ++i) {
      cart.lines.push_back({"line" + std::to_string(i), any_amount(random)});
      cart.subtotal_minor += cart.lines.back().amount_minor;
    }
    if (lines == 0) cart.subtotal_minor = any_amount(random);
    cart.shipping_minor = any_amount(random);
    Discount discount;
    discount.kind = static_cast<DiscountKind>(random.between(0, 2));
    discount.rate = {random.between(1, 1'000'000)};
    discount.amount_minor = any_amount(random) + 1;

    const auto granted = grant(discount, cart);
    std::int64_t sum = 0;
    for (const auto& part : granted.allocations) {
      sum += part.amount_minor;
      EXPECT_GT(part.amount_minor, 0);
      if (part.target != Allocation::Target::line) continue;
      const auto line = cart.lines.at(std::stoul(part.line_id.substr(4)));
      EXPECT_LE(part.amount_minor, line.amount_minor);
      if (discount.kind == DiscountKind::percent) {
        // Within half a unit of the exact share, and the half goes up.
        const auto twice = __int128{2} * line.amount_minor * discount.rate.ppm -
                           __int128{2} * part.amount_minor * 1'000'000;
        EXPECT_TRUE(twice >= -1'000'000 && twice < 1'000'000);
      } else {
        // Within one unit of the exact proportion.
        const auto apart = __int128{granted.amount_minor} * line.amount_minor -
                           __int128{part.amount_minor} * cart.subtotal_minor;
        EXPECT_TRUE(apart > -cart.subtotal_minor && apart < cart.subtotal_minor);
      }
    }
    ASSERT_EQ(sum, granted.amount_minor);
    switch (discount.kind) {
      case DiscountKind::percent:
        ASSERT_LE(granted.amount_minor, cart.subtotal_minor);
        break;
      case DiscountKind::fixed:
        ASSERT_EQ(granted.amount_minor, std::min(discount.amount_minor, cart.subtotal_minor));
        break;
      case DiscountKind::free_shipping:
        ASSERT_EQ(granted.amount_minor, cart.shipping_minor);
        break;
    }
  }
}

TEST(Rules, SpendNothingOfABudgetInAnotherCurrency) {
  const auto terms = *read_terms("percent=100000 budget=5");
  EXPECT_EQ(spent_by(terms, core::Currency::of("EUR"), 700), 700);
  EXPECT_EQ(spent_by(terms, core::Currency::of("USD"), 700), 0);
}

}  // namespace
}  // namespace fairlead::codes

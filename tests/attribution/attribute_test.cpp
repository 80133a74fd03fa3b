// The deciding code, from golden lines: no database, no clock.
#include "attribution/attribute.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "attribution/models.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/random.hpp"

namespace fairlead::attribution {

namespace {

const core::Instant placed_at = core::parse_instant("2026-03-02T09:15:00Z").value();

// "-3d", "+300s", "-2592000s", "0s" from the order.
core::Instant instant_of(const std::string& offset) {
  const std::int64_t number = std::stoll(offset);
  return offset.back() == 'd' ? placed_at.plus_days(number) : placed_at.plus_seconds(number);
}

std::optional<core::Instant> maybe_instant_of(const std::string& offset) {
  if (offset == "-") return std::nullopt;
  return instant_of(offset);
}

// "code:mia", "click:leo@-3d", "click:leo@-3d!expired". Each name is one influencer under one deal
// of one campaign; the clicks' ids follow their place in the line.
Touch touch_of(const std::string& text, std::size_t index) {
  static const std::map<std::string, std::int64_t> numbers{{"mia", 1}, {"leo", 2}, {"ana", 3}};
  Touch touch;
  std::string rest = text;
  if (const auto mark = rest.find('!'); mark != rest.npos) {
    touch.outcome = parse_outcome(rest.substr(mark + 1)).value();
    rest.resize(mark);
  }
  touch.via = rest.starts_with("code:") ? core::Via::code : core::Via::click;
  touch.touched_at = placed_at;
  if (const auto mark = rest.find('@'); mark != rest.npos) {
    touch.touched_at = instant_of(rest.substr(mark + 1));
    rest.resize(mark);
  }
  const std::int64_t number = numbers.at(rest.substr(rest.find(':') + 1));
  touch.deal = core::DealId{number};
  touch.influencer = core::InfluencerId{10 + number};
  touch.campaign = core::CampaignId{100 + number};
  touch.click = core::ClickId{touch.via == core::Via::click ? 1000 + std::int64_t(index) : 0};
  return touch;
}

std::string name_of(core::DealId deal) {
  return deal.number == 1 ? "mia" : deal.number == 2 ? "leo" : "ana";
}

TEST(Attribute, FollowsTheGoldenTable) {
  for (const auto& [where, fields] : test::golden_lines("attribution/precedence.txt", 5)) {
    SCOPED_TRACE(where);
    Policies policies;
    const auto words = test::words_of(fields[0]);
    // "split/linear": with another model than last_click.
    Policy policy{.precedence = words[0].substr(0, words[0].find('/'))};
    if (const auto slash = words[0].find('/'); slash != words[0].npos)
      policy.model = words[0].substr(slash + 1);
    for (std::int64_t number : {1, 2, 3})
      policies[core::CampaignId{100 + number}] = policy;
    // "code_first leo=click_first": one campaign has its own precedence.
    if (words.size() == 2) policies[core::CampaignId{102}].precedence = words[1].substr(4);
    std::vector<Touch> touches;
    for (const auto& word : test::words_of(fields[1]))
      touches.push_back(touch_of(word, touches.size()));
    const auto decision = attribute(placed_at, std::stoll(fields[2]), touches, policies);

    std::string shares;
    for (const Share& share : decision.shares) {
      const Touch& touch = touches[share.touch];
      shares += (shares.empty() ? "" : " ") + name_of(touch.deal) +
                (touch.via == core::Via::code ? ":code:" : ":click:") +
                std::to_string(share.weight_ppm) + ":" + std::to_string(share.base_minor);
    }
    EXPECT_EQ(shares, fields[3] == "none" ? "" : fields[3]);
    std::string outcomes;
    for (const Outcome outcome : decision.outcomes)
      outcomes += (outcomes.empty() ? "" : " ") + std::string(word_of(outcome));
    EXPECT_EQ(outcomes, fields[4]);
  }
}

TEST(Judge, FollowsTheGoldenTable) {
  for (const auto& [where, fields] : test::golden_lines("attribution/judge.txt", 7)) {
    SCOPED_TRACE(where);
    const Touch click{.via = core::Via::click, .touched_at = instant_of(fields[0])};
    const DealTerms deal{maybe_instant_of(fields[3]), maybe_instant_of(fields[4]),
                         maybe_instant_of(fields[5])};
    const Policy policy{.lookback_days = std::stoll(fields[1]),
                        .click_to_order_min_s = std::stoll(fields[2])};
    EXPECT_EQ(word_of(judge(click, placed_at, deal, policy)), fields[6]);
  }
}

TEST(Judge, ACodeIsNeverTooSoon) {
  const Touch code{.via = core::Via::code, .touched_at = placed_at};
  EXPECT_EQ(judge(code, placed_at, {}, {.click_to_order_min_s = 60}), Outcome::eligible);
}

TEST(JudgeCustomer, FollowsTheGoldenTable) {
  const std::map<std::string, core::InfluencerId> ids{
      {"-", {}}, {"mia", core::InfluencerId{11}}, {"leo", core::InfluencerId{12}}};
  for (const auto& [where, fields] : test::golden_lines("attribution/customers.txt", 4)) {
    SCOPED_TRACE(where);
    const CustomerHistory history{fields[1] == "yes", ids.at(fields[2])};
    EXPECT_EQ(word_of(judge_customer(ids.at("mia"), history, {.existing_customers = fields[0]})),
              fields[3]);
  }
}

// "-3d", "-3d/direct", "-3d/code".
Visit visit_of(const std::string& text) {
  return {.at = instant_of(text.substr(0, text.find('/'))),
          .is_direct = text.ends_with("/direct"),
          .gave_code = text.ends_with("/code")};
}

std::string text_of(const Weights& weights) {
  std::string text;
  for (const std::int64_t weight : weights)
    text += (text.empty() ? "" : " ") + std::to_string(weight);
  return text;
}

TEST(Models, EachHasAGoldenCaseThatIsNotLastClickAndFollowsIt) {
  std::set<std::string> with_case;
  for (const auto& [where, fields] : test::golden_lines("attribution/models.txt", 3)) {
    SCOPED_TRACE(where);
    const Model& model = find_model(fields[0]);
    ASSERT_EQ(model.name, fields[0]);
    std::vector<Visit> visits;
    for (const auto& word : test::words_of(fields[1]))
      visits.push_back(visit_of(word));
    const Journey journey{visits, placed_at};
    EXPECT_EQ(text_of(model.weigh(journey)), fields[2]);
    if (fields[0] == "last_click" || model.weigh(journey) != weigh_last_click(journey))
      with_case.insert(fields[0]);
  }
  for (const Model& model : models())
    EXPECT_TRUE(with_case.contains(std::string(model.name)))
        << model.name << " has no such line in tests/golden/attribution/models.txt";
}

// Journeys of 1 to 100 visits at random: what holds for every model, and between them.
TEST(Models, KeepTheirIdentities) {
  std::mt19937 random(test::random_seed());
  for (int round = 0; round < 2'000; ++round) {
    std::vector<Visit> visits(1 + random() % (round % 10 == 0 ? 100 : 6));
    for (Visit& visit : visits) {
      visit = {.at = placed_at.plus_seconds(-static_cast<std::int64_t>(random() % 8'000'000)),
               .is_direct = random() % 5 == 0,
               .gave_code = random() % 7 == 0};
    }
    std::sort(visits.begin(), visits.end(),
              [](const Visit& a, const Visit& b) { return a.at < b.at; });
    Journey journey{visits, placed_at};
    for (const Model& model : models()) {
      const Weights weights = model.weigh(journey);
      ASSERT_EQ(weights.size(), visits.size()) << model.name;
      std::int64_t sum = 0;
      for (const std::int64_t weight : weights) {
        ASSERT_TRUE(weight >= 0 && weight <= (std::int64_t{1} << 32)) << model.name;
        sum += weight;
      }
      ASSERT_GT(sum, 0) << model.name;
      if (visits.size() == 1) {
        EXPECT_EQ(sum, weights.back()) << model.name;
      }
    }
    if (visits.size() <= 2) {
      EXPECT_EQ(weigh_position(journey), weigh_linear(journey));
    }
    // Of 40 / 20 / 40 and 30 / 30 / 30 / 10 in whole numbers.
    const Weights position = weigh_position(journey);
    if (visits.size() > 2) {
      EXPECT_EQ(5 * position.front(), 2 * std::accumulate(position.begin(), position.end(), 0L));
    }
    for (Visit& visit : visits)
      visit.gave_code = false;
    EXPECT_EQ(weigh_w_shaped(journey), position);
    // Half-lives without end make time decay linear: all weights within 1e-3 of each other.
    journey.half_life_days = 1'000'000;
    const Weights slow = weigh_time_decay(journey);
    EXPECT_GT(slow.front(), slow.back() - slow.back() / 1'000);
    journey.half_life_days = 7;
    const Weights decay = weigh_time_decay(journey);
    EXPECT_TRUE(std::is_sorted(decay.begin(), decay.end()));
  }
}

TEST(Models, AnUnknownNameIsAnsweredWithLastClick) {
  EXPECT_EQ(find_model("astrology").name, "last_click");
}

TEST(Outcomes, EachWordIsReadBackAndSaysWhy) {
  for (int number = 0; number <= static_cast<int>(Outcome::invalid_duplicate); ++number) {
    const auto outcome = static_cast<Outcome>(number);
    EXPECT_EQ(parse_outcome(word_of(outcome)), outcome);
    EXPECT_FALSE(sentence_of(outcome).empty());
  }
  EXPECT_EQ(parse_outcome("lost"), std::nullopt);
}

TEST(Outcomes, AClickByAPersonIsEligibleAndOneByAMachineIsNot) {
  using core::ClickVerdict;
  for (const auto verdict : {ClickVerdict::valid, ClickVerdict::prefetch, ClickVerdict::duplicate})
    EXPECT_EQ(outcome_of(verdict), Outcome::eligible);
  for (const auto verdict :
       {ClickVerdict::head, ClickVerdict::bot, ClickVerdict::preview, ClickVerdict::unknown_agent,
        ClickVerdict::datacenter, ClickVerdict::flood, ClickVerdict::embedded})
    EXPECT_TRUE(word_of(outcome_of(verdict)).starts_with("invalid_"));
}

}  // namespace

}  // namespace fairlead::attribution

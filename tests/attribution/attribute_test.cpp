// The deciding code, from golden lines: no database, no clock.
#include "attribution/attribute.hpp"

#include <gtest/gtest.h>

#include <set>

#include "attribution/models.hpp"
#include "tests/support/golden.hpp"

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
    for (std::int64_t number : {1, 2, 3})
      policies[core::CampaignId{100 + number}].precedence = words[0];
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
  for (const auto& [where, fields] : test::golden_lines("attribution/judge.txt", 6)) {
    SCOPED_TRACE(where);
    const DealTerms deal{maybe_instant_of(fields[2]), maybe_instant_of(fields[3]),
                         maybe_instant_of(fields[4])};
    EXPECT_EQ(word_of(judge(instant_of(fields[0]), placed_at, deal, std::stoll(fields[1]))),
              fields[5]);
  }
}

TEST(Models, EachHasAGoldenCaseAndFollowsIt) {
  std::set<std::string> with_case;
  for (const auto& [where, fields] : test::golden_lines("attribution/models.txt", 3)) {
    SCOPED_TRACE(where);
    const Model& model = find_model(fields[0]);
    ASSERT_EQ(model.name, fields[0]);
    with_case.insert(fields[0]);
    std::vector<core::Instant> times;
    for (const auto& word : test::words_of(fields[1]))
      times.push_back(instant_of(word));
    std::string weights;
    for (const std::int64_t weight : model.weigh({times, placed_at}))
      weights += (weights.empty() ? "" : " ") + std::to_string(weight);
    EXPECT_EQ(weights, fields[2]);
  }
  for (const Model& model : models())
    EXPECT_TRUE(with_case.contains(std::string(model.name)))
        << model.name << " has no line in tests/golden/attribution/models.txt";
}

TEST(Models, AnUnknownNameIsAnsweredWithLastClick) {
  EXPECT_EQ(find_model("astrology").name, "last_click");
}

TEST(Outcomes, EachWordIsReadBackAndSaysWhy) {
  for (int number = 0; number <= static_cast<int>(Outcome::invalid_embedded); ++number) {
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

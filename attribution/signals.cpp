#include "attribution/signals.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/discoveries.hpp"

namespace fairlead::attribution {

namespace {

constexpr SignalTest tests[] = {
    {Signal::self_referral, "self_referral",
     "the e-mail hash of the customer is that of the influencer's own address",
     "the customer's e-mail address is the influencer's own",
     "the order looks like an own purchase, and the brand is checking it", "hold", 0, nullptr},
    {Signal::click_to_order_short, "click_to_order_short",
     "beta-binomial tail of orders sooner after the click than a quarter of the usual 5 % "
     "quantile, "
     "against the other influencers",
     "orders follow the click within the threshold, in seconds, far more often than those of the "
     "brand's other influencers",
     "the time between click and order is unusual, and the brand is checking it", "hold", 0.001,
     find_short_times},
    {Signal::click_to_order_long, "click_to_order_long",
     "beta-binomial tail of orders later after the click than a day, against the other "
     "influencers, where these times are as even as chance makes them (Kolmogorov-Smirnov)",
     "orders follow the click later than the threshold, in seconds, far more often than those of "
     "the brand's other influencers, and as evenly as if the clicks had nothing to do with them",
     "the time between click and order is unusual, and the brand is checking it", "hold", 0.001,
     find_long_times},
    {Signal::velocity, "velocity",
     "negative binomial tail of the orders of an hour or a day, against the influencer's own past",
     "more orders came in the threshold, in seconds, than the influencer's own past lets expect, "
     "and no post is known that would explain them",
     "more orders than usual came at once, and the brand is checking them", "report", 0.0001,
     find_velocity},
    {Signal::network_concentration, "network_concentration",
     "hypergeometric tail of customers from the busiest network, against the other influencers, "
     "times the number of networks",
     "more customers came from one network than the threshold, and hardly any of the brand's "
     "other influencers has customers there",
     "many orders came from one place, and the brand is checking them", "hold", 0.0001,
     find_networks},
    {Signal::duplicate_customers, "duplicate_customers",
     "beta-binomial tail of orders whose customer was there before under another name, against "
     "the other influencers",
     "customers had ordered before under another name, or are said to be new and are not, far "
     "more often than those of the brand's other influencers",
     "the customer may have ordered before, and the brand is checking it", "hold", 0.001,
     find_duplicate_customers},
};

void judge(const SignalTest& test, std::span<SignalFinding> findings) {
  std::vector<double> p_values;
  for (const SignalFinding& finding : findings) {
    if (finding.verdict != SignalVerdict::not_enough_data) p_values.push_back(finding.p);
  }
  const auto q_values = core::adjust_for_discoveries(p_values);
  auto q = q_values.begin();
  for (SignalFinding& finding : findings) {
    if (finding.verdict != SignalVerdict::not_enough_data) {
      finding.q = *q++;
      if (finding.p <= test.p_max && finding.q <= signal_q_max)
        finding.verdict = SignalVerdict::found;
    }
    if (finding.verdict != SignalVerdict::found) finding.evidence = {};
  }
}

}  // namespace

std::string_view name_of(SignalVerdict verdict) {
  switch (verdict) {
    case SignalVerdict::not_enough_data:
      return "not_enough_data";
    case SignalVerdict::normal:
      return "normal";
    case SignalVerdict::found:
      return "found";
  }
  CHECK(!"every verdict has its name");
}

std::span<const SignalTest> signal_tests() {
  return tests;
}

const SignalTest& test_of(Signal signal) {
  const auto index = static_cast<std::size_t>(signal);
  CHECK(index < std::size(tests) && tests[index].signal == signal);
  return tests[index];
}

const SignalTest* find_signal_test(std::string_view name) {
  for (const SignalTest& test : tests) {
    if (test.name == name) return &test;
  }
  return nullptr;
}

std::vector<SignalFinding> find_signals(const SignalFacts& facts) {
  std::vector<SignalFinding> all;
  for (const SignalTest& test : tests) {
    if (test.find == nullptr) continue;
    auto findings = test.find(facts);
    judge(test, findings);
    std::move(findings.begin(), findings.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace fairlead::attribution

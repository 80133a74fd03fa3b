#include "attribution/attribute.hpp"

#include <algorithm>
#include <tuple>

#include "attribution/models.hpp"
#include "core/check.hpp"
#include "core/money.hpp"
#include "core/rate.hpp"

namespace fairlead::attribution {

namespace {

// A click within the allowed skew after the order counts as made with the order.
core::Instant effective(const Touch& touch, core::Instant placed_at) {
  return std::min(touch.touched_at.value_or(placed_at), placed_at);
}

// Indices of the eligible clicks, oldest first; the click id breaks ties, so that replays agree.
std::vector<std::size_t> journey_of(core::Instant placed_at, std::span<const Touch> touches) {
  std::vector<std::size_t> clicks;
  for (std::size_t i = 0; i < touches.size(); ++i) {
    if (touches[i].via == core::Via::click && touches[i].outcome == Outcome::eligible)
      clicks.push_back(i);
  }
  std::sort(clicks.begin(), clicks.end(), [&](std::size_t a, std::size_t b) {
    return std::tuple(effective(touches[a], placed_at), touches[a].click.number, a) <
           std::tuple(effective(touches[b], placed_at), touches[b].click.number, b);
  });
  return clicks;
}

std::optional<std::size_t> first_code(std::span<const Touch> touches) {
  for (std::size_t i = 0; i < touches.size(); ++i) {
    if (touches[i].via == core::Via::code && touches[i].outcome == Outcome::eligible) return i;
  }
  return std::nullopt;
}

// What the code weighs in 1,000,000, beside the clicks.
std::int64_t code_share_ppm(const Policy& policy, core::Instant code_at, core::Instant click_at) {
  if (policy.precedence == "click_first") return 0;
  if (policy.precedence == "split") return policy.code_share_ppm;
  if (policy.precedence == "latest") return code_at >= click_at ? core::ppm_one : 0;
  return core::ppm_one;
}

// Weights of the clicks alone, in the order of `clicks`.
Weights weigh_clicks(core::Instant placed_at, std::span<const Touch> touches,
                     const std::vector<std::size_t>& clicks, const Policy& policy) {
  std::vector<Visit> visits;
  for (const std::size_t click : clicks) {
    visits.push_back(
        {.at = effective(touches[click], placed_at), .gave_code = touches[click].gave_code});
  }
  // The newest touch takes all, among clicks too.
  const Model& model = find_model(policy.precedence == "latest" ? "last_click" : policy.model);
  auto weights = model.weigh({visits, placed_at, policy.half_life_days});
  CHECK(weights.size() == clicks.size());
  return weights;
}

// One weight per touch. At least one of code and clicks is there.
Weights weigh(core::Instant placed_at, std::span<const Touch> touches,
              std::optional<std::size_t> code, const std::vector<std::size_t>& clicks,
              const Policy& policy) {
  Weights weights(touches.size(), 0);
  if (clicks.empty()) {
    weights[*code] = 1;
    return weights;
  }
  const std::int64_t by_code = code ? code_share_ppm(policy, effective(touches[*code], placed_at),
                                                     effective(touches[clicks.back()], placed_at))
                                    : 0;
  if (by_code == core::ppm_one) {
    weights[*code] = 1;
    return weights;
  }
  const Weights of_clicks = weigh_clicks(placed_at, touches, clicks, policy);
  // Without a share for the code the model's own integers stay as they are.
  const std::int64_t by_click = by_code == 0 ? 1 : core::ppm_one - by_code;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < clicks.size(); ++i) {
    weights[clicks[i]] = of_clicks[i] * by_click;
    sum += of_clicks[i];
  }
  if (by_code > 0) weights[*code] = sum * by_code;
  return weights;
}

// Touches of the same deal add up; deals in order of their first touch with a share.
std::vector<Share> share_out(std::int64_t base_minor, std::span<const Touch> touches,
                             std::optional<std::size_t> code, std::vector<std::size_t> journey,
                             const Weights& weights) {
  if (code) journey.push_back(*code);
  std::vector<Share> shares;
  Weights sums;
  for (const std::size_t at : journey) {
    if (weights[at] == 0) continue;
    std::size_t deal = 0;
    while (deal < sums.size() && touches[shares[deal].touch].deal != touches[at].deal)
      ++deal;
    if (deal == sums.size()) {
      sums.push_back(0);
      shares.push_back({});
    }
    sums[deal] += weights[at];
    shares[deal].touch = at;
  }
  const auto bases = core::split(base_minor, sums).value();
  const auto ppm = core::split(core::ppm_one, sums).value();
  for (std::size_t i = 0; i < sums.size(); ++i) {
    shares[i].base_minor = bases[i];
    shares[i].weight_ppm = ppm[i];
  }
  return shares;
}

// Why an eligible touch came to what it came to.
Outcome settle(std::size_t touch, core::Via via, std::optional<std::size_t> code,
               const Weights& weights) {
  if (weights[touch] > 0) return Outcome::credited;
  if (via == core::Via::code) return touch == code ? Outcome::click_won : Outcome::second_code;
  return code && weights[*code] > 0 ? Outcome::code_won : Outcome::no_share;
}

}  // namespace

Outcome judge(const Touch& touch, core::Instant placed_at, const DealTerms& deal,
              const Policy& policy) {
  const core::Instant touched_at = touch.touched_at.value_or(placed_at);
  if (touched_at > placed_at.plus_seconds(clock_skew_seconds_max)) return Outcome::after_order;
  const core::Instant at = std::min(touched_at, placed_at);
  if (at.plus_days(policy.lookback_days) < placed_at) return Outcome::expired;
  if (touch.via == core::Via::click && placed_at < at.plus_seconds(policy.click_to_order_min_s))
    return Outcome::too_soon;
  if (deal.archived_at && *deal.archived_at <= at) return Outcome::deal_archived;
  if (deal.starts_at && at < *deal.starts_at) return Outcome::deal_not_started;
  if (deal.ends_at && *deal.ends_at <= at) return Outcome::deal_ended;
  return Outcome::eligible;
}

Outcome judge_customer(core::InfluencerId influencer, const CustomerHistory& history,
                       const Policy& policy) {
  if (!history.is_existing || policy.existing_customers == "credit") return Outcome::eligible;
  if (policy.existing_customers == "none") return Outcome::existing_customer;
  if (!history.first_influencer || history.first_influencer == influencer) return Outcome::eligible;
  return Outcome::others_customer;
}

Decision attribute(core::Instant placed_at, std::int64_t base_minor, std::span<const Touch> touches,
                   const Policies& policies) {
  Decision decision;
  decision.weights.assign(touches.size(), 0);
  for (const Touch& touch : touches)
    decision.outcomes.push_back(touch.outcome);
  const auto clicks = journey_of(placed_at, touches);
  const auto code = first_code(touches);
  if (!code && clicks.empty()) return decision;

  const std::size_t newest = code ? *code : clicks.back();
  if (const auto found = policies.find(touches[newest].campaign); found != policies.end())
    decision.policy = found->second;
  decision.weights = weigh(placed_at, touches, code, clicks, decision.policy);
  decision.shares = share_out(base_minor, touches, code, clicks, decision.weights);
  for (std::size_t i = 0; i < touches.size(); ++i) {
    if (touches[i].outcome == Outcome::eligible)
      decision.outcomes[i] = settle(i, touches[i].via, code, decision.weights);
  }
  return decision;
}

}  // namespace fairlead::attribution

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

// Credits are per influencer and deal: clicks of the same deal add up, in order of their first
// touch.
void share_among_clicks(core::Instant placed_at, std::int64_t base_minor,
                        std::span<const Touch> touches, const std::vector<std::size_t>& clicks,
                        Decision& decision) {
  std::vector<core::Instant> times;
  for (const std::size_t click : clicks)
    times.push_back(effective(touches[click], placed_at));
  const auto weights = find_model(decision.policy.model).weigh({times, placed_at});
  CHECK(weights.size() == clicks.size());

  std::vector<std::int64_t> sums;
  for (std::size_t i = 0; i < clicks.size(); ++i) {
    decision.outcomes[clicks[i]] = weights[i] > 0 ? Outcome::credited : Outcome::no_share;
    if (weights[i] == 0) continue;
    const Touch& touch = touches[clicks[i]];
    std::size_t at = 0;
    while (at < sums.size() && touches[decision.shares[at].touch].deal != touch.deal)
      ++at;
    if (at == sums.size()) {
      sums.push_back(0);
      decision.shares.push_back({});
    }
    sums[at] += weights[i];
    decision.shares[at].touch = clicks[i];
  }
  const auto bases = core::split(base_minor, sums).value();
  const auto ppm = core::split(core::ppm_one, sums).value();
  for (std::size_t i = 0; i < sums.size(); ++i) {
    decision.shares[i].base_minor = bases[i];
    decision.shares[i].weight_ppm = ppm[i];
  }
}

// Whether the code takes the order when there is a click as well.
bool code_wins(const std::string& precedence, core::Instant code_at, core::Instant click_at) {
  if (precedence == "click_first") return false;
  if (precedence == "latest") return code_at >= click_at;
  return true;
}

}  // namespace

Outcome judge(core::Instant touched_at, core::Instant placed_at, const DealTerms& deal,
              std::int64_t lookback_days) {
  if (touched_at > placed_at.plus_seconds(clock_skew_seconds_max)) return Outcome::after_order;
  const core::Instant at = std::min(touched_at, placed_at);
  if (at.plus_days(lookback_days) < placed_at) return Outcome::expired;
  if (deal.archived_at && *deal.archived_at <= at) return Outcome::deal_archived;
  if (deal.starts_at && at < *deal.starts_at) return Outcome::deal_not_started;
  if (deal.ends_at && *deal.ends_at <= at) return Outcome::deal_ended;
  return Outcome::eligible;
}

Decision attribute(core::Instant placed_at, std::int64_t base_minor, std::span<const Touch> touches,
                   const Policies& policies) {
  Decision decision;
  for (const Touch& touch : touches)
    decision.outcomes.push_back(touch.outcome);
  const auto clicks = journey_of(placed_at, touches);
  const auto code = first_code(touches);
  if (!code && clicks.empty()) return decision;

  const std::size_t newest = code ? *code : clicks.back();
  if (const auto found = policies.find(touches[newest].campaign); found != policies.end())
    decision.policy = found->second;

  for (std::size_t i = 0; i < touches.size(); ++i) {
    if (touches[i].via == core::Via::code && touches[i].outcome == Outcome::eligible)
      decision.outcomes[i] = Outcome::second_code;
  }
  const bool by_code =
      code &&
      (clicks.empty() || code_wins(decision.policy.precedence, effective(touches[*code], placed_at),
                                   effective(touches[clicks.back()], placed_at)));
  if (by_code) {
    decision.outcomes[*code] = Outcome::credited;
    for (const std::size_t click : clicks)
      decision.outcomes[click] = Outcome::code_won;
    decision.shares.push_back({*code, core::ppm_one, base_minor});
    return decision;
  }
  if (code) decision.outcomes[*code] = Outcome::click_won;
  share_among_clicks(placed_at, base_minor, touches, clicks, decision);
  return decision;
}

}  // namespace fairlead::attribution

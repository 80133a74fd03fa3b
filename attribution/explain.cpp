#include "attribution/explain.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>

#include "attribution/attribution.hpp"
#include "attribution/models.hpp"
#include "core/check.hpp"
#include "core/rate.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

std::string amount_text(std::int64_t minor, core::Currency currency) {
  return core::decimal_text({minor, currency}) + " " + std::string(currency.code());
}

// 100000 → "10 %", 29000 → "2.9 %", 1 → "0.0001 %".
std::string percent_text(std::int64_t ppm) {
  std::string fraction = std::to_string(10'000 + ppm % 10'000).substr(1);
  while (!fraction.empty() && fraction.back() == '0')
    fraction.pop_back();
  return std::to_string(ppm / 10'000) + (fraction.empty() ? "" : "." + fraction) + " %";
}

std::string day_text(core::Instant at) {
  return core::format_instant(at).substr(0, 10);
}

std::string precedence_text(const Policy& policy) {
  if (policy.precedence == "click_first")
    return "By the campaign's rule a click comes before a code.";
  if (policy.precedence == "latest")
    return "By the campaign's rule the newest touch counts, and a code is touched at the order.";
  if (policy.precedence == "split")
    return "By the campaign's rule a code has " + percent_text(policy.code_share_ppm) +
           " and the clicks have the rest.";
  return "By the campaign's rule a code comes before a click.";
}

// How the clicks shared, when several had something to share.
std::string model_text(const Policy& policy, const std::vector<StoredTouch>& touches) {
  const auto took_part_as_click = [](const StoredTouch& stored) {
    return stored.touch.via == core::Via::click &&
           (stored.weight > 0 || stored.touch.outcome == Outcome::no_share);
  };
  if (std::count_if(touches.begin(), touches.end(), took_part_as_click) < 2 ||
      policy.precedence == "latest")
    return "";
  std::string text = " Among clicks, " + std::string(find_model(policy.model).sentence);
  if (policy.model == "time_decay")
    text += ", which is " + std::to_string(policy.half_life_days) +
            (policy.half_life_days == 1 ? " day" : " days");
  return text + ".";
}

std::string winner_text(const StoredCredit& credit, const std::vector<StoredTouch>& touches) {
  if (credit.credit.via == core::Via::click) {
    return "It was credited through a click on link " + credit.credit.link.text() + ", made on " +
           day_text(credit.touched_at);
  }
  for (const auto& [touch, weight] : touches) {
    if (touch.code == credit.credit.code && touch.outcome == Outcome::credited)
      return "It was credited through the code \"" + touch.given + "\"";
  }
  return "It was credited through a code";
}

std::string losers_text(const std::vector<StoredTouch>& touches) {
  std::map<Outcome, int> counts;
  for (const auto& [touch, weight] : touches) {
    if (touch.outcome != Outcome::credited) ++counts[touch.outcome];
  }
  std::string text;
  for (const auto& [outcome, count] : counts) {
    text += text.empty() ? " Not counted: " : "; ";
    text += count == 1 ? "one touch, because " : std::to_string(count) + " touches, because ";
    text += sentence_of(outcome);
  }
  return text.empty() ? text : text + ".";
}

std::string arithmetic_text(const Explanation& explanation) {
  const ledger::Commission& commission = explanation.commission;
  const std::string base = amount_text(commission.base_minor, commission.currency);
  const std::string amount = amount_text(commission.amount_booked_minor, commission.currency);
  std::string text = " The goods after discounts, without tax and shipping, were " +
                     amount_text(explanation.order.base_minor, commission.currency);
  if (explanation.credits_count > 1) {
    text += ", of which " + base + ", " + percent_text(explanation.credit.credit.weight_ppm) +
            ", belong to this credit";
  }
  if (explanation.rate_ppm) {
    return text + "; " + percent_text(*explanation.rate_ppm) + " of " + base +
           ", rounded half away from zero, is " + amount + ".";
  }
  return text + "; the plan \"" + commission.plan_kind + "\" pays " + amount + " for " + base + ".";
}

std::string name_of_change(const ExplainedRefund& refund) {
  if (refund.kind == "edit") return "The shop's edit";
  const bool is_wait = refund.refund_ref.starts_with(unconfirmed_ref);
  if (refund.kind == "cancellation")
    return is_wait ? "The wait for a confirmation" : "The cancellation";
  if (refund.kind == "reinstatement" && is_wait) return "The confirmation";
  if (refund.kind == "reinstatement") return "Reinstatement " + refund.refund_ref;
  return (refund.kind == "chargeback" ? "Chargeback " : "Refund ") + refund.refund_ref;
}

std::string refunds_text(const Explanation& explanation) {
  const core::Currency currency = explanation.commission.currency;
  std::string text;
  for (const ExplainedRefund& refund : explanation.refunds) {
    const bool adds = refund.base_minor < 0 || refund.amount_minor < 0;
    text += " " + name_of_change(refund) + " of " +
            amount_text(std::abs(refund.base_minor), currency) + " on " +
            day_text(refund.placed_at) + (adds ? " added " : " took back ") +
            amount_text(std::abs(refund.amount_minor), currency) + ".";
  }
  return text;
}

std::string status_text(const ledger::Commission& commission) {
  const std::string amount = amount_text(commission.amount_minor, commission.currency);
  switch (commission.status) {
    case ledger::CommissionStatus::pending:
      return " It now stands at " + amount + ", pending until " + day_text(commission.release_at) +
             ".";
    case ledger::CommissionStatus::approved:
      return " It now stands at " + amount + ", approved since " + day_text(commission.release_at) +
             ".";
    case ledger::CommissionStatus::reversed:
      return " Nothing of it is left.";
    case ledger::CommissionStatus::held:
      return " It now stands at " + amount + ", held back: " + commission.hold_reason + ".";
  }
  CHECK(!"every status has its sentence");
}

// What the brand took back, and why, is told to everybody; how a signal was noticed, to the brand.
std::string decision_text(const Explanation& explanation) {
  std::string text;
  if (explanation.reversal)
    text += " The brand took it back on " + day_text(explanation.reversal->at) + ": " +
            explanation.reversal->reason + ".";
  for (const StoredSignal& signal : explanation.signals)
    text += signal_text(signal);
  return text;
}

json::object touch_json(const Touch& touch, std::int64_t weight_ppm, core::Instant placed_at,
                        std::optional<core::InfluencerId> reader) {
  json::object object{{"kind", word_of(touch.via)}};
  if (!reader || touch.influencer == *reader) {
    object["given"] = touch.given;
    if (touch.link) object["link_id"] = touch.link.text();
    if (touch.click) object["click_id"] = touch.click.text();
    if (touch.code) object["code_id"] = touch.code.text();
    if (touch.influencer) object["influencer_id"] = touch.influencer.text();
    if (touch.deal) object["deal_id"] = touch.deal.text();
    if (touch.campaign) object["campaign_id"] = touch.campaign.text();
  }
  if (touch.touched_at) {
    object["touched_at"] = core::format_instant(*touch.touched_at);
    object["age_s"] = (placed_at.micros - touch.touched_at->micros) / 1'000'000;
  }
  object["weight_ppm"] = weight_ppm;
  object["outcome"] = word_of(touch.outcome);
  object["reason"] = sentence_of(touch.outcome);
  return object;
}

json::array considered_json(const Explanation& explanation,
                            std::optional<core::InfluencerId> reader) {
  std::vector<std::int64_t> weights;
  for (const StoredTouch& stored : explanation.touches)
    weights.push_back(stored.weight);
  const auto shares = core::split(core::ppm_one, weights);
  json::array list;
  for (std::size_t i = 0; i < explanation.touches.size(); ++i) {
    list.push_back(touch_json(explanation.touches[i].touch, shares ? (*shares)[i] : 0,
                              explanation.order.placed_at, reader));
  }
  return list;
}

json::object rule_json(const Policy& policy) {
  json::object rule = policy_json(policy);
  rule["campaign_version"] = policy.campaign_version;
  return rule;
}

json::array postings_json(const std::vector<ledger::Posting>& postings) {
  json::array list;
  for (const ledger::Posting& posting : postings) {
    list.push_back(json::object{{"id", posting.id},
                                {"from_account", posting.from_account},
                                {"to_account", posting.to_account},
                                {"amount_minor", posting.amount_minor},
                                {"currency", posting.currency},
                                {"at", core::format_instant(posting.at)}});
  }
  return list;
}

json::array refunds_json(const Explanation& explanation) {
  json::array list;
  for (const ExplainedRefund& refund : explanation.refunds) {
    list.push_back(json::object{{"kind", refund.kind},
                                {"refund_ref", refund.refund_ref},
                                {"placed_at", core::format_instant(refund.placed_at)},
                                {"base_minor", refund.base_minor},
                                {"amount_minor", refund.amount_minor},
                                {"currency", explanation.commission.currency.code()}});
  }
  return list;
}

json::array signals_json(const std::vector<StoredSignal>& signals) {
  json::array list;
  for (const StoredSignal& signal : signals)
    list.push_back(signal_json(signal));
  return list;
}

std::optional<std::int64_t> rate_of(const ledger::Commission& commission) {
  const json::object plan = ledger::plan_json({commission.plan_kind, commission.plan_terms});
  const json::value* rate = plan.if_contains("rate_ppm");
  if (rate == nullptr || !rate->is_int64()) return std::nullopt;
  return rate->as_int64();
}

}  // namespace

std::optional<Explanation> explain(storage::Session& session, core::BrandId brand,
                                   core::CommissionId id, core::Instant now) {
  const auto commission = ledger::find_commission(session, brand, id, now);
  if (!commission) return std::nullopt;
  const auto order = find_order(session, brand, commission->order);
  const auto credits = credits_of(session, brand, commission->order);
  const auto credit = std::find_if(credits.begin(), credits.end(), [&](const StoredCredit& stored) {
    return stored.credit.id == commission->credit;
  });
  if (!order || credit == credits.end()) return std::nullopt;

  Explanation explanation{.commission = *commission,
                          .order = *order,
                          .credit = *credit,
                          .credits_count = credits.size(),
                          .touches = touches_of(session, brand, order->id),
                          .rate_ppm = rate_of(*commission),
                          .postings = ledger::postings_of_commission(session, brand, id),
                          .refunds = {},
                          .reversal = ledger::find_reversal(session, brand, id),
                          .signals = signals_of(session, brand, id)};
  const auto parts = credit_refunds_of(session, brand, order->id);
  for (const StoredRefund& refund : refunds_of(session, brand, order->id)) {
    for (const CreditRefund& part : parts) {
      if (part.refund != refund.id || part.credit != credit->credit.id) continue;
      explanation.refunds.push_back(
          {refund.kind, refund.refund_ref, refund.placed_at, part.base_minor,
           ledger::reversed_by(explanation.postings, order->id, refund.id)});
    }
  }
  return explanation;
}

std::string explanation_text(const Explanation& explanation) {
  return "Order " + explanation.order.order_ref + " was placed on " +
         day_text(explanation.order.placed_at) + ". " +
         winner_text(explanation.credit, explanation.touches) + ". " +
         precedence_text(explanation.credit.policy) +
         model_text(explanation.credit.policy, explanation.touches) +
         losers_text(explanation.touches) + arithmetic_text(explanation) +
         refunds_text(explanation) + status_text(explanation.commission) +
         decision_text(explanation);
}

json::object explanation_json(const Explanation& explanation,
                              std::optional<core::InfluencerId> reader) {
  const ledger::Commission& commission = explanation.commission;
  json::object arithmetic{{"base_minor", commission.base_minor},
                          {"currency", commission.currency.code()},
                          {"weight_ppm", explanation.credit.credit.weight_ppm},
                          {"rate_ppm", nullptr},
                          {"amount_minor", commission.amount_booked_minor},
                          {"rounding", "half away from zero"}};
  if (explanation.rate_ppm) arithmetic["rate_ppm"] = *explanation.rate_ppm;
  return json::object{{"commission", ledger::commission_json(commission)},
                      {"order_ref", explanation.order.order_ref},
                      {"considered", considered_json(explanation, reader)},
                      {"rule", rule_json(explanation.credit.policy)},
                      {"arithmetic", std::move(arithmetic)},
                      {"postings", postings_json(explanation.postings)},
                      {"refunds", refunds_json(explanation)},
                      {"signals", signals_json(explanation.signals)},
                      {"text", explanation_text(explanation)}};
}

}  // namespace fairlead::attribution

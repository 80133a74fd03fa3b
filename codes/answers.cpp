#include "codes/answers.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "codes/or_null.hpp"
#include "codes/reasons.hpp"
#include "codes/term_json.hpp"
#include "core/check.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::codes {

namespace {

boost::json::object result_json(const Question& question, const JudgedCode& result,
                                core::Instant now);
boost::json::object success_json(const JudgedCode& result);
boost::json::object remaining_json(const JudgedCode& result);
boost::json::object cart_json(const Question& question, const Outcome& outcome, core::Instant now);
core::Answer refuse(std::string_view code, const std::string& message, boost::json::object more);
core::Answer refuse(Verdict verdict, const std::string& order_ref);

// A cart that names no code is in order: it has no discount.
boost::json::object answer_json(const Question& question, const Outcome& outcome,
                                core::Instant now) {
  return question.form == Form::one ? result_json(question, outcome.results.front(), now)
                                    : cart_json(question, outcome, now);
}

}  // namespace

core::Answer validate_answer(const Question& question, const Outcome& outcome, core::Instant now) {
  return net::json_answer(200, answer_json(question, outcome, now));
}

core::Answer taken_answer(const Question& question, const Outcome& outcome, core::Instant now) {
  if (const auto* refused = outcome.refused()) {
    return refuse(name_of(refused->judgement.verdict), message_of(question, *refused, now),
                  answer_json(question, outcome, now));
  }
  auto body = answer_json(question, outcome, now);
  body["order_ref"] = question.order_ref;
  const bool is_new =
      std::any_of(outcome.results.begin(), outcome.results.end(), [](const JudgedCode& result) {
        return result.use->state == State::held && result.before != State::held;
      });
  return net::json_answer(is_new ? 201 : 200, body);
}

core::Answer release_answer(const GiveBack& asked, const ReturnOutcome& outcome) {
  if (const auto* refused = outcome.refused()) return refuse(refused->verdict, asked.order_ref);
  boost::json::array released;
  for (const auto& returned : outcome.results) {
    if (!returned.use) continue;  // nothing was ever held
    released.push_back({{"code", returned.code->folded},
                        {"code_id", returned.code->id.text()},
                        {"reservation_id", returned.use->id.text()},
                        {"state", name_of(returned.use->state)}});
  }
  return net::json_answer(
      200, boost::json::object{{"order_ref", asked.order_ref}, {"released", std::move(released)}});
}

core::Answer rollback_answer(const GiveBack& asked, const ReturnOutcome& outcome) {
  if (const auto* refused = outcome.refused()) return refuse(refused->verdict, asked.order_ref);
  if (outcome.exceeds_minor) {
    const auto detail = "No more can be rolled back than is left of the discount, here " +
                        std::to_string(*outcome.exceeds_minor) + ", nor of a line's part of it.";
    return net::problem(
        422, "rollback_exceeds_discount", detail,
        {{asked.items.empty() ? "/amount_minor" : "/items", "out_of_range", detail}});
  }
  boost::json::array list;
  for (const auto& returned : outcome.results) {
    const auto& use = *returned.use;
    list.push_back({{"code", returned.code->folded},
                    {"code_id", returned.code->id.text()},
                    {"use_id", use.id.text()},
                    {"state", name_of(use.state)},
                    {"amount_minor", use.granted.amount_minor},
                    {"rolled_back_minor", use.rolled_back_minor},
                    {"currency", use.currency.code()}});
  }
  return net::json_answer(
      200, boost::json::object{{"order_ref", asked.order_ref}, {"rolled_back", std::move(list)}});
}

boost::json::object code_json(const StoredCode& code) {
  boost::json::object json{{"id", code.id.text()},
                           {"deal_id", code.deal.text()},
                           {"influencer_id", code.influencer.text()},
                           {"campaign_id", code.campaign.text()},
                           {"code", code.text},
                           {"discount", discount_json(code.terms)}};
  add_conditions_json(code.terms, json);
  json["starts_at"] = or_null(code.terms.starts_at);
  json["ends_at"] = or_null(code.terms.ends_at);
  json["enabled"] = code.terms.is_enabled;
  json["version"] = code.version;
  json["created_at"] = core::format_instant(code.created_at);
  json["archived_at"] = or_null(code.archived_at);
  return json;
}

namespace {

boost::json::object result_json(const Question& question, const JudgedCode& result,
                                core::Instant now) {
  if (is_refusal(result.judgement.verdict)) {
    return {{"valid", false},
            // What the shopper typed, whether or not there is such a code.
            {"code_given", result.given},
            {"reason", reason_json(question, result, now)}};
  }
  auto body = success_json(result);
  const bool is_limited =
      std::any_of(result.standing.capacities.begin(), result.standing.capacities.end(),
                  [](const Capacity& capacity) { return capacity.limits.need_counter(); });
  if (question.action == Action::validate && result.before != State::held &&
      result.judgement.verdict == Verdict::accepted && is_limited)
    body["remaining"] = remaining_json(result);
  return body;
}

boost::json::object success_json(const JudgedCode& result) {
  const auto& code = *result.code;
  const auto& use = *result.use;
  const auto& terms = code.terms;
  boost::json::object discount{{"kind", name_of(terms.discount.kind)}};
  if (terms.discount.rate.ppm > 0) discount["rate_ppm"] = terms.discount.rate.ppm;
  if (terms.discount.kind == DiscountKind::fixed)
    discount["value_minor"] = terms.discount.amount_minor;  // what the code is worth at most
  discount["amount_minor"] = use.granted.amount_minor;
  discount["currency"] = use.currency.code();
  discount["allocations"] = allocations_json(use.granted.allocations);
  boost::json::object body{{"valid", true},
                           {"code", code.folded},
                           {"code_id", code.id.text()},
                           {"deal_id", code.deal.text()},
                           {"campaign_id", code.campaign.text()},
                           {"influencer_id", code.influencer.text()},
                           {"discount", std::move(discount)}};
  const auto state = use.state == State::none ? result.before : use.state;
  if (use.id && use.state == State::held) {
    body["reservation"] = {{"id", use.id.text()},
                           {"expires_at", core::format_instant(*use.expires_at)}};
  } else if (use.id) {
    body["use_id"] = use.id.text();
  }
  if (state == State::held) body["state"] = "held";
  if (use.is_redeemed()) body["state"] = "redeemed";
  boost::json::array flags;
  if (use.state == State::over_limit) flags.emplace_back("over_limit");
  if (use.is_late) flags.emplace_back("late_confirm");
  if (!flags.empty()) body["flags"] = std::move(flags);
  return body;
}

// Informational: the next use of somebody else may come first. Of several limits the nearest.
boost::json::object remaining_json(const JudgedCode& result) {
  std::optional<std::int64_t> uses;
  std::optional<std::int64_t> budget;
  const auto lower = [](std::optional<std::int64_t>& left, std::int64_t value) {
    value = std::max<std::int64_t>(0, value);
    if (!left || value < *left) left = value;
  };
  for (const auto& [limits, currency, taken] : result.standing.capacities) {
    if (limits.uses_max) lower(uses, *limits.uses_max - taken.used - taken.held);
    if (limits.budget_minor)
      lower(budget, *limits.budget_minor - taken.spent_minor - taken.held_minor);
  }
  boost::json::object remaining;
  if (uses) remaining["uses"] = *uses;
  if (budget) remaining["budget_minor"] = *budget;
  return remaining;
}

// All codes of a cart: the sum over the lines on top, nothing when one is refused; each code below
// in the order of taking off.
boost::json::object cart_json(const Question& question, const Outcome& outcome, core::Instant now) {
  boost::json::array stack;
  std::vector<Allocation> sums;
  std::int64_t amount_minor = 0;
  const auto* refused = outcome.refused();
  for (const auto& result : outcome.results) {
    stack.push_back(result_json(question, result, now));
    if (refused) continue;
    amount_minor += result.use->granted.amount_minor;
    for (const auto& part : result.use->granted.allocations) {
      const auto same = std::find_if(sums.begin(), sums.end(), [&](const Allocation& sum) {
        return sum.is_of_same_place(part);
      });
      if (same == sums.end()) {
        sums.push_back(part);
      } else {
        same->amount_minor += part.amount_minor;
      }
    }
  }
  boost::json::object body{{"valid", refused == nullptr}};
  if (refused) {
    body["code_given"] = refused->given;
    body["reason"] = reason_json(question, *refused, now);
  }
  body["discount"] = {{"amount_minor", amount_minor},
                      {"currency", question.cart.currency.code()},
                      {"allocations", allocations_json(sums)}};
  body["stack"] = std::move(stack);
  return body;
}

core::Answer refuse(std::string_view code, const std::string& message, boost::json::object more) {
  auto answer = net::problem(409, code, message);
  auto body = boost::json::parse(answer.body).as_object();
  for (auto& [key, value] : more)
    body[key] = value;
  answer.body = boost::json::serialize(body);
  return answer;
}

core::Answer refuse(Verdict verdict, const std::string& order_ref) {
  return refuse(name_of(verdict), message_of(verdict, order_ref),
                {{"valid", false}, {"reason", reason_json(verdict, order_ref)}});
}

}  // namespace

}  // namespace fairlead::codes

#include "codes/answers.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "core/check.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::codes {

namespace {

boost::json::object success_json(const StoredCode& code, const Use& use);
boost::json::object refusal_json(const Question& question, const Outcome& outcome);
boost::json::object remaining_json(const StoredCode& code, const Outcome& outcome);
std::string message_of(const Question& question, const Outcome& outcome);
std::string_view name_of(Allocation::Target target);

template <class T>
boost::json::value or_null(const std::optional<T>& maybe) {
  if (!maybe) return nullptr;
  return *maybe;
}
boost::json::value instant_or_null(const std::optional<core::Instant>& maybe) {
  if (!maybe) return nullptr;
  return boost::json::string(core::format_instant(*maybe));
}

}  // namespace

core::Answer validate_answer(const Question& question, const Outcome& outcome) {
  if (is_refusal(outcome.judgement.verdict)) {
    return net::json_answer(200, refusal_json(question, outcome));
  }
  auto body = success_json(*outcome.code, *outcome.use);
  if (outcome.judgement.verdict == Verdict::already_redeemed) {
    body["state"] = "redeemed";
  } else if (outcome.code->terms.limits.need_counter()) {
    body["remaining"] = remaining_json(*outcome.code, outcome);
  }
  return net::json_answer(200, body);
}

core::Answer redeem_answer(const Question& question, const Outcome& outcome) {
  if (!is_refusal(outcome.judgement.verdict)) {
    auto body = success_json(*outcome.code, *outcome.use);
    body["order_ref"] = question.order_ref;
    body["use_id"] = outcome.use->id.text();
    body["state"] = "redeemed";
    return net::json_answer(200, body);
  }
  auto answer =
      net::problem(409, name_of(outcome.judgement.verdict), message_of(question, outcome));
  auto body = boost::json::parse(answer.body).as_object();
  for (auto& [key, value] : refusal_json(question, outcome))
    body[key] = value;
  answer.body = boost::json::serialize(body);
  return answer;
}

boost::json::object reason_json(const Question& question, const Outcome& outcome) {
  const auto& judgement = outcome.judgement;
  const auto verdict = judgement.verdict;
  boost::json::object details;
  const auto* terms = outcome.code ? &outcome.code->terms : nullptr;
  switch (verdict) {
    case Verdict::accepted:
    case Verdict::already_redeemed:
    case Verdict::code_not_found:
    case Verdict::code_disabled:
    case Verdict::customer_required:
      break;
    case Verdict::order_ref_conflict:
      details["order_ref"] = question.order_ref;
      details["subtotal_minor"] = outcome.use->subtotal_minor;
      details["amount_minor"] = outcome.use->granted.amount_minor;
      details["currency"] = outcome.use->currency.code();
      break;
    case Verdict::code_not_started:
      details["starts_at"] = instant_or_null(terms->starts_at);
      break;
    case Verdict::code_expired:
      details["ends_at"] = instant_or_null(terms->ends_at);
      break;
    case Verdict::currency_mismatch:
      details["required_currency"] = terms->currency.code();
      break;
    case Verdict::min_subtotal_not_met:
      details["required_minor"] = *terms->limits.subtotal_min_minor;
      details["missing_minor"] = judgement.missing_minor;
      details["currency"] = terms->currency.code();
      break;
    case Verdict::usage_limit_reached:
      details["uses_max"] = or_null(terms->limits.uses_max);
      break;
    case Verdict::budget_exhausted:
      details["remaining_minor"] = judgement.budget_left_minor;
      details["currency"] = terms->currency.code();
      break;
    case Verdict::customer_limit_reached:
      details["uses_per_customer_max"] = or_null(terms->limits.uses_per_customer_max);
      break;
  }
  boost::json::object reason;
  reason["code"] = name_of(verdict);
  reason["message"] = message_of(question, outcome);
  reason["details"] = std::move(details);
  return reason;
}

boost::json::array allocations_json(const std::vector<Allocation>& allocations) {
  boost::json::array list;
  for (const auto& allocation : allocations) {
    boost::json::object part;
    part["target"] = name_of(allocation.target);
    if (allocation.target == Allocation::Target::line) part["line_id"] = allocation.line_id;
    part["amount_minor"] = allocation.amount_minor;
    list.push_back(std::move(part));
  }
  return list;
}

std::vector<Allocation> read_allocations(const boost::json::value& stored) {
  std::vector<Allocation> allocations;
  for (const auto& value : stored.as_array()) {
    const auto& part = value.as_object();
    Allocation allocation;
    for (auto target :
         {Allocation::Target::line, Allocation::Target::subtotal, Allocation::Target::shipping}) {
      if (part.at("target").as_string() == name_of(target)) allocation.target = target;
    }
    if (const auto* line = part.if_contains("line_id")) allocation.line_id = line->as_string();
    allocation.amount_minor = part.at("amount_minor").as_int64();
    allocations.push_back(std::move(allocation));
  }
  return allocations;
}

boost::json::object code_json(const StoredCode& code) {
  const auto& terms = code.terms;
  boost::json::object discount{{"kind", name_of(terms.discount.kind)}};
  switch (terms.discount.kind) {
    case DiscountKind::percent:
      discount["rate_ppm"] = terms.discount.rate.ppm;
      break;
    case DiscountKind::fixed:
      discount["amount_minor"] = terms.discount.amount_minor;
      discount["currency"] = terms.currency.code();
      break;
    case DiscountKind::free_shipping:
      break;
  }
  return {{"id", code.id.text()},
          {"deal_id", code.deal.text()},
          {"influencer_id", code.influencer.text()},
          {"campaign_id", code.campaign.text()},
          {"code", code.text},
          {"discount", std::move(discount)},
          {"limits",
           {{"uses_max", or_null(terms.limits.uses_max)},
            {"uses_per_customer_max", or_null(terms.limits.uses_per_customer_max)},
            {"budget_minor", or_null(terms.limits.budget_minor)},
            {"subtotal_min_minor", or_null(terms.limits.subtotal_min_minor)},
            {"currency", terms.currency.code()}}},
          {"starts_at", instant_or_null(terms.starts_at)},
          {"ends_at", instant_or_null(terms.ends_at)},
          {"enabled", terms.is_enabled},
          {"version", code.version},
          {"created_at", core::format_instant(code.created_at)},
          {"archived_at", instant_or_null(code.archived_at)}};
}

namespace {

boost::json::object success_json(const StoredCode& code, const Use& use) {
  const auto& terms = code.terms;
  boost::json::object discount{{"kind", name_of(terms.discount.kind)}};
  if (terms.discount.kind == DiscountKind::percent) {
    discount["rate_ppm"] = terms.discount.rate.ppm;
  } else if (terms.discount.kind == DiscountKind::fixed) {
    discount["value_minor"] = terms.discount.amount_minor;  // what the code is worth at most
  }
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
  if (use.is_over_limit) body["flags"] = boost::json::array{"over_limit"};
  return body;
}

boost::json::object refusal_json(const Question& question, const Outcome& outcome) {
  return {{"valid", false},
          // Without a stored code this is what the shopper typed, folded as far as it goes.
          {"code_given", question.code},
          {"reason", reason_json(question, outcome)}};
}

// Informational: the next redeem of somebody else may come first.
boost::json::object remaining_json(const StoredCode& code, const Outcome& outcome) {
  const auto& limits = code.terms.limits;
  boost::json::object remaining;
  if (limits.uses_max) remaining["uses"] = *limits.uses_max - outcome.standing.used;
  if (limits.budget_minor) {
    remaining["budget_minor"] = *limits.budget_minor - outcome.standing.spent_minor;
  }
  return remaining;
}

std::string message_of(const Question& question, const Outcome& outcome) {
  const auto& judgement = outcome.judgement;
  const auto money = [&](std::int64_t minor) {
    const auto& currency = outcome.code->terms.currency;
    return core::decimal_text({minor, currency}) + " " + std::string(currency.code());
  };
  const auto* terms = outcome.code ? &outcome.code->terms : nullptr;
  switch (judgement.verdict) {
    case Verdict::accepted:
      return "The code is good.";
    case Verdict::already_redeemed:
      return "This order has redeemed the code already.";
    case Verdict::order_ref_conflict:
      return "The order " + question.order_ref +
             " has redeemed this code already, with other amounts. A changed order needs a new "
             "order_ref.";
    case Verdict::code_not_found:
      return "There is no such code.";
    case Verdict::code_disabled:
      return "The code is switched off.";
    case Verdict::code_not_started:
      return "The code starts at " + core::format_instant(*terms->starts_at) + ".";
    case Verdict::code_expired:
      return "The code ended at " + core::format_instant(*terms->ends_at) + ".";
    case Verdict::customer_required:
      return "The code is limited per customer: customer.key or customer.email_sha256 is needed.";
    case Verdict::currency_mismatch:
      return "The code is for carts in " + std::string(terms->currency.code()) + " only.";
    case Verdict::min_subtotal_not_met:
      return "The code needs a subtotal of " + money(*terms->limits.subtotal_min_minor) + "; " +
             money(judgement.missing_minor) + " are missing.";
    case Verdict::usage_limit_reached:
      return "The code has been used as often as it may be.";
    case Verdict::budget_exhausted:
      return "The code's budget is used up: " + money(judgement.budget_left_minor) + " are left.";
    case Verdict::customer_limit_reached:
      return "This customer has used the code as often as one customer may.";
  }
  CHECK(false);
}

std::string_view name_of(Allocation::Target target) {
  switch (target) {
    case Allocation::Target::line:
      return "line";
    case Allocation::Target::subtotal:
      return "subtotal";
    case Allocation::Target::shipping:
      return "shipping";
  }
  CHECK(false);
}

}  // namespace

}  // namespace fairlead::codes

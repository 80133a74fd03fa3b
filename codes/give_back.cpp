#include "codes/give_back.hpp"

#include <algorithm>

#include "codes/click_codes.hpp"
#include "codes/taking.hpp"
#include "core/check.hpp"

namespace fairlead::codes {

namespace {

std::vector<Returned> named_uses(const Asker& asker, const GiveBack& asked);
void release_one(const Asker& asker, Returned& returned);
std::optional<Granted> part_of(storage::Session& session, core::BrandId brand, const Use& use,
                               const GiveBack& asked);
void roll_back_one(const Asker& asker, const GiveBack& asked, ReturnOutcome& outcome,
                   Returned& returned);

// Held as far as there is a row: the code of a click that no order took has none, and no use
// either.
std::optional<StoredCode> find_held(const Asker& asker, std::string_view folded) {
  if (auto held = hold_code(asker.session, asker.brand, folded, asker.now)) return held;
  auto found =
      find_with_clicks(asker.session, asker.brand, folded, asker.dependencies.read_click_code);
  if (!found || found->version == 0) return found;
  return hold_code(asker.session, asker.brand, found->folded, asker.now);
}

// An order named alone means what can be given back; what cannot is refused only when there is
// nothing else.
void leave_out_others(std::vector<Returned>& results, Verdict given_back_before) {
  const auto is_wanted = [&](const Returned& returned) {
    return returned.verdict == Verdict::accepted || returned.verdict == given_back_before;
  };
  if (std::none_of(results.begin(), results.end(), is_wanted)) return;
  std::erase_if(results, [&](const Returned& returned) { return !is_wanted(returned); });
}

void lock_counters_of(const Asker& asker, const std::vector<Returned>& results) {
  std::vector<const StoredCode*> codes;
  for (const auto& returned : results) {
    if (returned.verdict == Verdict::accepted) codes.push_back(&*returned.code);
  }
  lock_counters(asker.session, asker.brand, codes);
}

}  // namespace

const Returned* ReturnOutcome::refused() const {
  const auto found = std::find_if(results.begin(), results.end(), [](const Returned& returned) {
    return is_refusal(returned.verdict);
  });
  return found == results.end() ? nullptr : &*found;
}

ReturnOutcome release(const Asker& asker, const GiveBack& asked) {
  ReturnOutcome outcome{named_uses(asker, asked)};
  if (asked.codes.empty()) leave_out_others(outcome.results, Verdict::repeated);
  if (outcome.refused()) return outcome;
  lock_counters_of(asker, outcome.results);
  for (auto& returned : outcome.results) {
    if (returned.verdict == Verdict::accepted) release_one(asker, returned);
  }
  return outcome;
}

ReturnOutcome roll_back(const Asker& asker, const GiveBack& asked) {
  ReturnOutcome outcome{named_uses(asker, asked)};
  if (asked.codes.empty()) leave_out_others(outcome.results, Verdict::repeated);
  if (outcome.results.empty()) outcome.results.push_back({.verdict = Verdict::not_redeemed});
  if (outcome.refused()) return outcome;
  lock_counters_of(asker, outcome.results);
  for (auto& returned : outcome.results) {
    if (returned.verdict == Verdict::accepted) roll_back_one(asker, asked, outcome, returned);
  }
  return outcome;
}

namespace {

// The uses that are meant, each with its code held, judged by the life of a use.
std::vector<Returned> named_uses(const Asker& asker, const GiveBack& asked) {
  const auto uses = find_uses(asker.session, asker.brand, asked.order_ref, Locking::locked);
  std::vector<Returned> results;
  const auto add = [&](std::string given, std::optional<StoredCode> code) {
    // Named twice, it is given back once.
    const bool is_there = code && std::any_of(results.begin(), results.end(), [&](const auto& one) {
                            return one.code && one.code->id == code->id;
                          });
    if (is_there) return;
    Returned returned{.code = std::move(code), .given = std::move(given)};
    if (!returned.code) {
      returned.verdict = Verdict::code_not_found;
    } else {
      const auto* use = find_use(uses, returned.code->id);
      if (use) returned.use = *use;
      const bool is_other = asked.reservation && (!use || use->id != *asked.reservation);
      returned.verdict =
          is_other ? Verdict::reservation_not_found
                   : judge_life(asked.action, use ? use->state : State::none, SameCart::yes);
    }
    results.push_back(std::move(returned));
  };
  for (const auto& given : asked.codes)
    add(given, find_held(asker, fold(given)));
  if (!asked.codes.empty()) return results;
  for (const auto& use : uses) {
    if (asked.reservation && use.id != *asked.reservation) continue;
    auto code = hold_code(asker.session, asker.brand, use.code, asker.now);
    CHECK(code.has_value());
    add("", std::move(code));
  }
  return results;
}

void release_one(const Asker& asker, Returned& returned) {
  auto& use = *returned.use;
  // Lost to a redeem, a second release or the clock: the row says which.
  if (!release_use(asker.session, asker.brand, use.id)) run_again();
  give_back(asker.session, asker.brand, portion_of(*returned.code, use), As::hold);
  use.state = State::released;
}

void roll_back_one(const Asker& asker, const GiveBack& asked, ReturnOutcome& outcome,
                   Returned& returned) {
  auto& session = asker.session;
  auto& use = *returned.use;
  const auto& code = *returned.code;
  const auto part = part_of(session, asker.brand, use, asked);
  const auto left_minor = use.granted.amount_minor - use.rolled_back_minor;
  if (!part) {
    outcome.exceeds_minor = left_minor;
    return;
  }
  const bool is_whole = !asked.is_partial() || part->amount_minor == left_minor;
  const bool restores = is_whole && code.terms.restores_use;
  const bool was_counted = use.state == State::redeemed;
  const RolledBack rolled_back{.part = *part,
                               .state = is_whole ? State::rolled_back : use.state,
                               .keeps_use = is_whole && was_counted && !restores};
  if (!roll_back_use(session, asker.brand, use, rolled_back, asker.now)) run_again();
  if (was_counted) {
    auto portion = portion_of(code, use);
    portion.amount_minor = part->amount_minor;
    if (restores) {
      give_back(session, asker.brand, portion, As::use);
    } else {
      give_back_money(session, asker.brand, portion);
    }
  }
  use.state = rolled_back.state;
  use.rolled_back_minor += part->amount_minor;
  returned.part = *part;
}

// nullopt: more than what is left, in all or of a line.
std::optional<Granted> part_of(storage::Session& session, core::BrandId brand, const Use& use,
                               const GiveBack& asked) {
  Granted left;
  left.allocations = rest_of(session, brand, use);
  left.amount_minor = use.granted.amount_minor - use.rolled_back_minor;
  if (!asked.is_partial()) {
    std::erase_if(left.allocations, [](const Allocation& part) { return part.amount_minor == 0; });
    return left;
  }
  if (asked.amount_minor) {
    if (*asked.amount_minor > left.amount_minor) return std::nullopt;
    std::erase_if(left.allocations, [](const Allocation& part) { return part.amount_minor == 0; });
    return cut_to(left, *asked.amount_minor);
  }
  Granted part;
  for (const auto& line : asked.items) {
    const auto found =
        std::find_if(left.allocations.begin(), left.allocations.end(), [&](const Allocation& a) {
          return a.target == Allocation::Target::line && a.line_id == line.line_id;
        });
    if (found == left.allocations.end() || found->amount_minor < line.amount_minor)
      return std::nullopt;
    found->amount_minor -= line.amount_minor;  // a line may be named twice
    part.amount_minor += line.amount_minor;
    part.allocations.push_back({Allocation::Target::line, line.line_id, line.amount_minor});
  }
  return part;
}

}  // namespace

}  // namespace fairlead::codes

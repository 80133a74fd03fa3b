#include "codes/stack.hpp"

#include <algorithm>

#include "codes/capacity.hpp"
#include "codes/standing.hpp"

namespace fairlead::codes {

namespace {

State state_of(const Use* use, core::Instant now) {
  if (!use) return State::none;
  return use->state == State::held && !use->is_live_hold(now) ? State::expired : use->state;
}

class Judge {
 public:
  Judge(const Asker& asker, const Question& question, const std::vector<Use>& uses, Room room)
      : asker_(asker),
        question_(question),
        uses_(uses),
        room_(room),
        digest_(cart_sha256(question.cart)),
        rest_(question.cart) {}

  // A use that is there already takes its part of the cart first.
  void sit_beside(const Use& use) {
    rest_.take(use.granted.allocations, question_.cart);
    if (const auto code = find_code(asker_.session, asker_.brand, use.code))
      company_.push_back(code->terms.stacking);
  }

  // A hold that a list of codes does not name will be gone before the list takes anything.
  void leave(const Use& use) {
    const auto code = find_code(asker_.session, asker_.brand, use.code);
    if (!code) return;
    const auto names = question_.cart.customer_names();
    const bool is_same = std::find_first_of(use.customers.begin(), use.customers.end(),
                                            names.begin(), names.end()) != use.customers.end();
    pending_.release(*code, held_of(use),
                     is_same ? Pending::Customer::same : Pending::Customer::other);
  }

  JudgedCode judge_one(const Candidate& candidate) {
    JudgedCode result{.given = candidate.given, .code = candidate.code};
    if (!result.code) {
      result.judgement.verdict = Verdict::code_not_found;
      return result;
    }
    const auto* use = find_use(uses_, result.code->id);
    result.before = state_of(use, asker_.now);
    result.judgement.verdict = life_of(use, result.before);
    if (result.judgement.verdict != Verdict::accepted) {
      if (use) result.use = *use;  // what is redeemed sits beside all of them already
      return result;
    }
    std::optional<Held> held;
    if (result.before == State::held) held = held_of(*use);
    judge_by_rules(result, held);
    return result;
  }

 private:
  Verdict life_of(const Use* use, State state) const {
    if (question_.reservation && (!use || use->id != *question_.reservation))
      return Verdict::reservation_not_found;
    const bool is_same = use && use->cart_sha256 == digest_;
    return judge_life(question_.action, state, is_same ? SameCart::yes : SameCart::no);
  }

  void judge_by_rules(JudgedCode& result, const std::optional<Held>& held) {
    const auto& code = *result.code;
    const auto& cart = question_.cart;
    result.standing = read_standing(asker_, code, question_);
    result.standing.company = company_;
    result.standing.may_be_nobody = question_.is_paid || (held && held->customers.empty());
    result.standing.may_be_other_money =
        question_.is_paid || (held && held->currency == cart.currency);
    if (room_ == Room::asked) {
      read_capacities(asker_.session, asker_.brand, code, cart, pending_, held, asker_.now,
                      result.standing);
    } else {
      for (const auto& [scope, limits, currency] : scopes_of(code))
        result.standing.capacities.push_back({limits, currency});
    }
    // Only now: a page that asks must not tell by the statements why a code is refused
    // (page_check.hpp).
    if (code.is_deal_archived) {
      result.judgement.verdict = Verdict::code_disabled;
      return;
    }
    result.judgement = judge_before_capacity(&code.terms, cart, rest_, result.standing, asker_.now);
    if (is_refusal(result.judgement.verdict)) return;
    const auto granted = result.judgement.granted;
    // A code that has no room left is in the way of the later ones as it would be with room: only
    // so do they get the same reasons from all calls, whether the limits are asked first or last.
    rest_.take(granted.allocations, cart);
    company_.push_back(code.terms.stacking);
    if (room_ == Room::asked) {
      const auto no_room = judge_capacity(result.standing, cart, granted.amount_minor, held);
      if (is_refusal(no_room.verdict)) {
        result.judgement = no_room;
        result.judgement.verdict =
            explain_no_room(question_.action, result.before, no_room.verdict);
        return;
      }
    }
    result.use = Use{.id = {},
                     .code = code.id,
                     .state = State::none,
                     .customers = cart.customer_names(),
                     .currency = cart.currency,
                     .granted = granted,
                     .subtotal_minor = cart.subtotal_minor,
                     .cart_sha256 = digest_};
    pending_.add(code, cart.currency, granted.amount_minor, held);
  }

  const Asker& asker_;
  const Question& question_;
  const std::vector<Use>& uses_;
  const Room room_;
  const std::string digest_;
  Rest rest_;
  std::vector<Stacking> company_;
  Pending pending_;
};

}  // namespace

void sort_candidates(std::vector<Candidate>& candidates) {
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    if (!a.code || !b.code) return a.code.has_value() && !b.code.has_value();
    const auto key = [](const StoredCode& code) {
      return std::pair(code.terms.stacking.priority, code.id);
    };
    return key(*a.code) < key(*b.code);
  });
  const auto is_same = [](const Candidate& a, const Candidate& b) {
    return a.code && b.code && a.code->id == b.code->id;
  };
  candidates.erase(std::unique(candidates.begin(), candidates.end(), is_same), candidates.end());
}

bool is_among(const std::vector<Candidate>& candidates, core::CodeId code) {
  return std::any_of(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
    return candidate.code && candidate.code->id == code;
  });
}

std::vector<JudgedCode> judge_codes(const Asker& asker, const Question& question,
                                    const std::vector<Candidate>& candidates,
                                    const std::vector<Use>& uses, Room room) {
  Judge judge(asker, question, uses, room);
  for (const auto& use : uses) {
    if (stays_beside(use, question, candidates, asker.now)) {
      judge.sit_beside(use);
    } else if (room == Room::asked && use.is_live_hold(asker.now) &&
               !is_among(candidates, use.code)) {
      judge.leave(use);
    }
  }
  std::vector<JudgedCode> results;
  for (const auto& candidate : candidates)
    results.push_back(judge.judge_one(candidate));
  const bool is_refused = std::any_of(results.begin(), results.end(), [](const auto& result) {
    return is_refusal(result.judgement.verdict);
  });
  // Nothing will be taken, so the limits of the other codes are asked here. Paid orders ask none.
  if (is_refused && results.size() > 1 && room == Room::left_to_taking && !question.is_paid)
    return judge_codes(asker, question, candidates, uses, Room::asked);
  return results;
}

bool stays_beside(const Use& use, const Question& question,
                  const std::vector<Candidate>& candidates, core::Instant now) {
  // Money that was given is given, in whatever order the codes are named now.
  if (use.is_redeemed()) return true;
  return question.form == Form::one && use.is_live_hold(now) && !is_among(candidates, use.code);
}

}  // namespace fairlead::codes

#include "codes/uses.hpp"

#include <algorithm>

#include "codes/click_codes.hpp"
#include "codes/taking.hpp"
#include "core/check.hpp"

namespace fairlead::codes {

namespace {

enum class Finding { reading, holding };
std::vector<Candidate> find_candidates(const Asker& asker, const Question& question, Finding how);
std::vector<Use> current_uses(const Asker& asker, const Question& question,
                              const std::vector<Candidate>& candidates);
void release_others(const Asker& asker, const std::vector<Candidate>& candidates,
                    const std::vector<Use>& uses);
std::vector<Draft> drafts_of(const Question& question, const std::vector<JudgedCode>& results,
                             const std::vector<Use>& uses, core::Instant now);
void take_ids(std::vector<JudgedCode>& results, const std::vector<Draft>& drafts);

}  // namespace

const JudgedCode* Outcome::refused() const {
  const JudgedCode* first = nullptr;
  for (const auto& result : results) {
    const auto verdict = result.judgement.verdict;
    if (is_refusal(verdict) && (!first || verdict < first->judgement.verdict)) first = &result;
  }
  return first;
}

Outcome ask(const Asker& asker, const Question& question) {
  const auto candidates = find_candidates(asker, question, Finding::reading);
  const auto uses = find_uses(asker.session, asker.brand, question.order_ref, Locking::none);
  return {judge_codes(asker, question, candidates, uses, Room::asked)};
}

Outcome carry_out(const Asker& asker, const Question& question) {
  auto& session = asker.session;
  const auto candidates = find_candidates(asker, question, Finding::holding);
  const auto uses = current_uses(asker, question, candidates);
  Outcome outcome{judge_codes(asker, question, candidates, uses, Room::left_to_taking)};
  if (outcome.refused()) return outcome;
  if (question.form == Form::list) release_others(asker, candidates, uses);
  auto drafts = drafts_of(question, outcome.results, uses, asker.now);
  if (drafts.empty()) return outcome;
  const auto& order_ref = question.order_ref;
  if (question.is_paid) {
    write_paid(session, asker.brand, order_ref, drafts, asker.now, asker.now);
  } else if (is_full(session, asker.brand, drafts) ||
             !write_all(session, asker.brand, order_ref, drafts, asker.now, asker.now)) {
    // Somebody was faster; say what is true after them.
    Outcome after{judge_codes(asker, question, candidates,
                              find_uses(session, asker.brand, order_ref, Locking::locked),
                              Room::asked)};
    // There is room again by now, or will be when somebody has settled a hold that ran out. (Or a
    // counter lost its row, which verify names: then nobody gets the code, nor is told that it is
    // used up.)
    if (!after.refused()) run_again();
    return after;
  }
  take_ids(outcome.results, drafts);
  return outcome;
}

namespace {

std::vector<Candidate> find_candidates(const Asker& asker, const Question& question, Finding how) {
  std::vector<Candidate> candidates;
  for (const auto& given : question.codes) {
    const auto folded = fold(given);
    const auto& read = asker.dependencies.read_click_code;
    candidates.push_back(
        {given, how == Finding::holding
                    ? hold_with_clicks(asker.session, asker.brand, folded, read, asker.now)
                    : find_with_clicks(asker.session, asker.brand, folded, read)});
  }
  sort_candidates(candidates);
  return candidates;
}

std::vector<Use> current_uses(const Asker& asker, const Question& question,
                              const std::vector<Candidate>& candidates) {
  std::vector<const StoredCode*> codes;
  for (const auto& candidate : candidates) {
    if (candidate.code) codes.push_back(&*candidate.code);
  }
  return lock_uses(asker.session, asker.brand, question.order_ref, codes, asker.now);
}

// A list of codes replaces what the order held before.
void release_others(const Asker& asker, const std::vector<Candidate>& candidates,
                    const std::vector<Use>& uses) {
  struct Other {
    Use use;
    StoredCode code;
  };
  std::vector<Other> others;
  for (const auto& use : uses) {
    if (is_among(candidates, use.code) || use.state != State::held) continue;
    // Held like the codes that are named: an edit that gives it its first limit counts its uses.
    auto code = hold_code(asker.session, asker.brand, use.code, asker.now);
    CHECK(code.has_value());
    others.push_back({use, std::move(*code)});
  }
  if (others.empty()) return;
  std::vector<const StoredCode*> codes;
  for (const auto& candidate : candidates)
    codes.push_back(&*candidate.code);
  for (const auto& other : others)
    codes.push_back(&other.code);
  lock_counters(asker.session, asker.brand, codes);
  for (const auto& [use, code] : others) {
    if (release_use(asker.session, asker.brand, use.id))
      give_back(asker.session, asker.brand, portion_of(code, use), As::hold);
  }
}

std::vector<Draft> drafts_of(const Question& question, const std::vector<JudgedCode>& results,
                             const std::vector<Use>& uses, core::Instant now) {
  std::vector<Draft> drafts;
  for (const auto& result : results) {
    if (result.judgement.verdict != Verdict::accepted) continue;  // repeated: nothing to do
    Draft draft{*result.code, std::nullopt, *result.use, next_position(uses, drafts)};
    if (const auto* before = find_use(uses, result.code->id)) draft.before = *before;
    if (question.action == Action::reserve) {
      draft.use.state = State::held;
      draft.use.expires_at = now.plus_seconds(question.ttl_s);
    } else {
      draft.use.state = State::redeemed;
      draft.use.is_late = result.before == State::expired || result.before == State::released;
    }
    drafts.push_back(std::move(draft));
  }
  return drafts;
}

void take_ids(std::vector<JudgedCode>& results, const std::vector<Draft>& drafts) {
  for (auto& result : results) {
    for (const auto& draft : drafts) {
      if (result.code->id == draft.code.id) result.use = draft.use;
    }
  }
}

}  // namespace

}  // namespace fairlead::codes

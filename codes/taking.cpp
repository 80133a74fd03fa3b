#include "codes/taking.hpp"

#include <algorithm>

namespace fairlead::codes {

namespace {

bool write_row(storage::Session& session, core::BrandId brand, std::string_view order_ref,
               const Draft& draft, core::Instant at) {
  return draft.before
             ? change_use(session, brand, draft.before->state, draft.use, at)
             : insert_use(session, brand, draft.code, order_ref, draft.position, draft.use, at);
}

Taking taking_of(const Draft& draft) {
  Taking taking{.portion = portion_of(draft.code, draft.use),
                .as = draft.use.state == State::held ? As::hold : As::use};
  if (draft.before && draft.before->state == State::held) taking.held = held_of(*draft.before);
  return taking;
}

// A use beyond the limit is counted apart: what its hold had goes back.
void give_back_hold(storage::Session& session, core::BrandId brand, const Draft& draft) {
  if (!draft.before || draft.before->state != State::held) return;
  give_back(session, brand, portion_of(draft.code, *draft.before), As::hold);
}

void give_ids(std::vector<Draft>& drafts, core::Instant now) {
  for (auto& draft : drafts)
    draft.use.id = draft.before ? draft.before->id : core::new_id<core::CodeUseId>(now);
}

}  // namespace

Portion portion_of(const StoredCode& code, const Use& use) {
  return {code, use.id, use.customers, use.currency, use.granted.amount_minor};
}

std::vector<Use> lock_uses(storage::Session& session, core::BrandId brand,
                           std::string_view order_ref, const std::vector<const StoredCode*>& codes,
                           core::Instant now) {
  // The order's own rows are locked before any counter, here as in every other call.
  auto uses = find_uses(session, brand, order_ref, Locking::locked);
  std::vector<const StoredCode*> overdue;
  for (const auto* code : codes) {
    if (lock_overdue_holds(session, brand, *code, now)) overdue.push_back(code);
  }
  if (!overdue.empty()) lock_counters(session, brand, codes);
  for (const auto* code : overdue)
    expire_holds(session, brand, *code, now);
  for (auto& use : uses) {
    if (use.state != State::held || use.is_live_hold(now)) continue;
    use.state = State::expired;
    const bool is_named = std::any_of(codes.begin(), codes.end(),
                                      [&](const auto* code) { return code->id == use.code; });
    // Its row changes together with its counters. Those of a named code were settled above; where
    // it has none, the row's word is all there is.
    if (is_named) expire_use(session, brand, use.id);
  }
  return uses;
}

std::size_t next_position(const std::vector<Use>& uses, const std::vector<Draft>& drafts) {
  const auto is_new = [](const Draft& draft) { return !draft.before; };
  return uses.size() +
         static_cast<std::size_t>(std::count_if(drafts.begin(), drafts.end(), is_new));
}

bool is_full(storage::Session& session, core::BrandId brand, const std::vector<Draft>& drafts) {
  std::vector<Taking> takings;
  for (const auto& draft : drafts)
    takings.push_back(taking_of(draft));
  return is_full(session, brand, takings);
}

bool write_all(storage::Session& session, core::BrandId brand, std::string_view order_ref,
               std::vector<Draft>& drafts, core::Instant now, core::Instant at) {
  give_ids(drafts, now);
  // Rows in rising order of code: two calls for one order must not wait for each other in a circle.
  std::vector<const Draft*> rows;
  for (const auto& draft : drafts)
    rows.push_back(&draft);
  std::sort(rows.begin(), rows.end(),
            [](const Draft* a, const Draft* b) { return a->code.id < b->code.id; });
  storage::Savepoint attempt(session);
  std::vector<Taking> takings;
  for (const auto* draft : rows) {
    if (!write_row(session, brand, order_ref, *draft, at)) run_again();
    takings.push_back(taking_of(*draft));
  }
  if (take(session, brand, takings)) return true;
  attempt.roll_back();
  return false;
}

void write_paid(storage::Session& session, core::BrandId brand, std::string_view order_ref,
                std::vector<Draft>& drafts, core::Instant now, core::Instant at) {
  if (write_all(session, brand, order_ref, drafts, now, at)) return;
  std::vector<const StoredCode*> codes;
  for (const auto& draft : drafts)
    codes.push_back(&draft.code);
  lock_counters(session, brand, codes);
  for (auto& draft : drafts) {
    std::vector<Draft> one{draft};
    if (!write_all(session, brand, order_ref, one, now, at)) {
      one.front().use.state = State::over_limit;
      if (!write_row(session, brand, order_ref, one.front(), at)) run_again();
      give_back_hold(session, brand, draft);
    }
    draft.use = one.front().use;
  }
}

}  // namespace fairlead::codes

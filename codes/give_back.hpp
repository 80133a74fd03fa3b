// Release of holds, and rollback of uses, whole or in part.
//
// A rollback returns money to the budgets; a whole one also returns the use, unless the code's
// terms keep it (`restores_use`). Parts add up: the one that reaches the whole discount makes it
// whole. Both are idempotent: what was given back is answered again. Inside the caller's
// transaction.
#pragma once

#include <optional>
#include <vector>

#include "codes/asker.hpp"
#include "codes/question.hpp"
#include "codes/use_rows.hpp"

namespace fairlead::codes {

struct Returned {
  std::optional<StoredCode> code;  // nullopt: code_not_found
  std::string given;               // as typed; "" when the order was named alone
  Verdict verdict = Verdict::accepted;
  std::optional<Use> use = {};  // as it is now
  Granted part = {};            // of a rollback: what was taken back now
};

struct ReturnOutcome {
  std::vector<Returned> results;
  // A part that is more than what is left of the discount; the results are then as before.
  std::optional<std::int64_t> exceeds_minor = {};

  const Returned* refused() const;  // the first refusal, nullptr when there is none
};

// Without codes: all holds of the order. Refused when the order has none and a use instead.
ReturnOutcome release(const Asker& asker, const GiveBack& asked);
// Without codes: all uses of the order. A refusal leaves nothing behind once the caller has rolled
// back.
ReturnOutcome roll_back(const Asker& asker, const GiveBack& asked);

}  // namespace fairlead::codes

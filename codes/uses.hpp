// The ledger of uses: asking without effect, and taking a use so that a limit of N is never
// exceeded.
//
// How a use is taken (one transaction, any engine, any number of processes):
//   1. the code is held: no edit of its terms commits before we do;
//   2. its row in code_uses is inserted; UNIQUE (brand, order_ref, code) makes a second one wait
//      for the first and then find it there: that order's use is answered again, nothing is taken;
//   3. one conditional UPDATE of the counter row, and its row count is looked at: 0 = no room;
//   4. one of the customer's slots 0 … k−1 is inserted, each guarded by the primary key.
// A refusal in 3 or 4 rolls back to the savepoint in front of 2, so it burns nothing. Every
// transaction locks in this order, so two redeemers of one code cannot wait for each other in a
// circle. The counter, the row that others wait for, is locked last but one and for the shortest
// time; a code without limits has none. Functions run inside the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codes/cart.hpp"
#include "codes/rules.hpp"
#include "codes/stored_code.hpp"

namespace fairlead::codes {

// What the ledger holds of one use; what a success is answered from, the first time and every time.
struct Use {
  core::CodeUseId id;
  core::Currency currency;
  Granted granted;
  std::int64_t subtotal_minor = 0;
  bool is_over_limit = false;  // an order that was paid beyond the limit
};

struct Outcome {
  Judgement judgement;
  std::optional<StoredCode> code;  // nullopt: code_not_found
  std::optional<Use> use;          // of a success; of a validate it is not stored and has no id
  Standing standing;
};

// What redeem would answer now. Writes nothing, so it runs in read() too. order_ref may be "".
Outcome ask(storage::Session& session, core::BrandId brand, const Question& question,
            core::Instant now);
// Takes the use. A refusal leaves nothing behind.
Outcome redeem(storage::Session& session, core::BrandId brand, const Question& question,
               core::Instant now);

}  // namespace fairlead::codes

// Asking without effect, and reserving and redeeming so that a limit of N is never exceeded.
//
// How codes of a cart are taken (one transaction, any engine, any number of processes):
//   1. each code is held: no edit of its terms or shared limits commits before we do; the code of a
//      click gets its row here (click_codes.hpp);
//   2. holds that have run out are given back (capacity.hpp);
//   3. the rules judge all codes in the order of their priority, each on what the others left;
//   4. for each code its row in code_uses is inserted or moved on. UNIQUE (brand, order_ref, code)
//      makes a second call wait for the first and then find its row: that use is answered again;
//   5. counters and slots are taken. No room anywhere rolls back to the savepoint in front of 4:
//      a refusal burns nothing, and of several codes all are taken or none.
// Functions run inside the caller's transaction.
#pragma once

#include <vector>

#include "codes/question.hpp"
#include "codes/stack.hpp"

namespace fairlead::codes {

struct Outcome {
  std::vector<JudgedCode> results;  // in the order in which they are taken off; unknown codes last

  // Of several refusals the first by the order of reasons (verdict.hpp), then by that of the codes;
  // nullptr when all codes are good.
  const JudgedCode* refused() const;
};

// What a redeem would answer now. Writes nothing, so it runs in read() too. order_ref may be "".
Outcome ask(const Asker& asker, const Question& question);
// Takes holds or uses for all codes of the question. A refusal leaves nothing behind once the
// caller has rolled back, which it does for every answer that is not a success.
Outcome carry_out(const Asker& asker, const Question& question);

}  // namespace fairlead::codes

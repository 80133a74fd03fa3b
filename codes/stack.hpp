// Judging the codes of one cart together: in the order of their priority, each on what the earlier
// ones left, beside those that the order has already. Writes nothing; inside the caller's
// transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codes/asker.hpp"
#include "codes/question.hpp"
#include "codes/rules.hpp"
#include "codes/stored_code.hpp"
#include "codes/use_rows.hpp"

namespace fairlead::codes {

// What became of one code of the question.
struct JudgedCode {
  std::string given;               // as typed
  std::optional<StoredCode> code;  // nullopt: code_not_found
  State before = State::none;      // of this order's use of it; a hold that ran out is `expired`
  Judgement judgement = {};
  Standing standing = {};
  // Of a success, as it is or will be; of a validate it is not stored. Of an order_ref_conflict
  // what there is already.
  std::optional<Use> use = {};
  std::optional<std::string> suggestion = {};  // of code_not_found: what may have been meant
};

// The codes as found, each once however often it was given, in the order in which they are taken
// off: by priority, then by id; unknown ones last.
struct Candidate {
  std::string given;
  std::optional<StoredCode> code;
};
void sort_candidates(std::vector<Candidate>& candidates);
bool is_among(const std::vector<Candidate>& candidates, core::CodeId code);

// Whether the limits are asked here, or by the conditional statements that take from them. Of a
// list that is refused for another reason they are asked here all the same, so that what is said of
// each code is true.
enum class Room : std::uint8_t { asked, left_to_taking };
std::vector<JudgedCode> judge_codes(const Asker& asker, const Question& question,
                                    const std::vector<Candidate>& candidates,
                                    const std::vector<Use>& uses, Room room);

// The uses that this question leaves alone and must get along with: whatever is redeemed, and what
// other codes hold. A list of codes replaces what was held before.
bool stays_beside(const Use& use, const Question& question,
                  const std::vector<Candidate>& candidates, core::Instant now);

}  // namespace fairlead::codes

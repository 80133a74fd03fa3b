// Codes that a shopper would take for another: they look alike, or a slip of a finger lies between
// them. A brand's named codes only; those made in batches are nobody's to remember, are not
// compared, and are never suggested. Table code_looks. Functions run inside the caller's
// transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/id.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::codes {

// To be called once for each new code that has a name. `folded` is not empty.
void add_looks(storage::Session& session, core::BrandId brand, core::CodeId code,
               std::string_view folded);

enum class Likeness {
  same_look,    // the skeletons are equal
  one_slip_off  // the folded texts or the skeletons are one slip apart
};
struct AlikeCode {
  core::CodeId id;
  std::string text;  // as it was written
  Likeness likeness;
};
// A code, not archived, that belongs to another influencer than `influencer` and is like `folded`;
// one that looks the same before one that is a slip off. Nothing when the very text is there: it is
// taken, which is another answer.
std::optional<AlikeCode> find_alike(storage::Session& session, core::BrandId brand,
                                    std::string_view folded, core::InfluencerId influencer);

// What stands in the way of a new code of the deal, as find_alike() has it, or nothing: the code
// may be made. A slip is let pass by Similar::allow_slips, the same look never. An unknown deal is
// no concern of this. The brand makes no other named code until the transaction has ended.
enum class Similar { refuse_slips, allow_slips };
std::optional<AlikeCode> find_hindrance(storage::Session& session, core::BrandId brand,
                                        core::DealId deal, std::string_view code, Similar similar);
// A sentence that names the other code: why a new one is `code_too_similar`.
std::string explain(const AlikeCode& alike);

// What a shopper who typed `typed`, which is no code, may have meant: the folded text of the one
// named code that looks the same, else of the one that is a slip off. Only codes that are good at
// `now`: switched on, started, not over. Nothing when there are two of the same likeness: guessing
// would pay one of two influencers. For server keys only: a browser would make it an oracle.
std::optional<std::string> suggest(storage::Session& session, core::BrandId brand,
                                   std::string_view typed, core::Instant now);

}  // namespace fairlead::codes

// A code as the database holds it: reading, creating, editing, archiving. Counters and slots follow
// the limits here, in the transaction of the edit. Functions run inside the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codes/codes.hpp"
#include "codes/terms.hpp"

namespace fairlead::codes {

struct StoredCode {
  core::CodeId id;
  core::DealId deal;
  core::InfluencerId influencer;
  core::CampaignId campaign;
  std::string text;       // as it was written
  std::string folded;     // what it is found by
  Terms terms;            // is_enabled is false once archived
  CapacityLimits shared;  // of the campaign, in its currency
  core::Currency campaign_currency;
  bool is_deal_archived = false;  // the code is then switched off, whatever its own switch says
  std::string influencer_email;   // "" = unknown
  std::int64_t version = 1;
  core::Instant created_at;
  std::optional<core::Instant> archived_at;
  core::Instant closed_until;  // nobody takes hold of it before (fences.hpp)
};

std::optional<StoredCode> find_code(storage::Session& session, core::BrandId brand,
                                    std::string_view folded);
std::optional<StoredCode> find_code(storage::Session& session, core::BrandId brand,
                                    core::CodeId id);
// As find_code, but no edit of the limits of this code or of its campaign commits before the
// transaction has ended. Runs the transaction again while such an edit is announced.
std::optional<StoredCode> hold_code(storage::Session& session, core::BrandId brand,
                                    std::string_view folded, core::Instant now);
std::optional<StoredCode> hold_code(storage::Session& session, core::BrandId brand, core::CodeId id,
                                    core::Instant now);
// As find_code, but no other edit of this code commits before the transaction has ended. Who
// changes its limits takes fence_code() instead.
std::optional<StoredCode> lock_code(storage::Session& session, core::BrandId brand,
                                    core::CodeId id);
struct CodeFilter {
  core::DealId deal;  // none = all
  bool with_archived = false;
  std::int64_t after = 0;  // numbers above this
  std::int64_t limit = 1;
};
// In order of id.
std::vector<StoredCode> list_codes(storage::Session& session, core::BrandId brand,
                                   const CodeFilter& filter);

// The row of a code whose deal and terms are known to be good, and the counters of its limits; no
// looks. `text` is not blank; the currency of the terms is stored as it is. An archived deal is no
// hindrance. False: the brand has such a code, or one of this id; nothing was written.
bool insert_code(storage::Session& session, core::BrandId brand, core::CodeId id,
                 const NewCode& code, core::Instant now, std::optional<core::ClickId> click = {});

// Writes everything of the terms but the discount over that of `locked`, which lock_code() gave, or
// fence_code() when the limits change. A code that gets its first limit gets its counter and slots
// counted from the ledger of uses.
void change_code(storage::Session& session, core::BrandId brand, const StoredCode& locked,
                 const Terms& terms);
// Doing it again changes nothing.
void archive_code(storage::Session& session, core::BrandId brand, core::CodeId id,
                  core::Instant now);

}  // namespace fairlead::codes

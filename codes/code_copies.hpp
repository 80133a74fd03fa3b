// Codes made of other codes: a variant for each placement, so that a leak says where it leaked, and
// the successor of a code that has leaked. A copy has the terms of its original, limits of its own
// included: what is to be shared is limited by the campaign. Inside the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codes/codes.hpp"
#include "codes/stored_code.hpp"

namespace fairlead::codes {

// What a code has to do with others; columns of codes that no terms depend on.
struct CodeKin {
  core::CodeId variant_of;   // 0: it is none
  std::string placement;     // "" unless it is a variant
  core::CodeId replaced_by;  // 0: it was not rotated
};
CodeKin find_kin(storage::Session& session, core::BrandId brand, core::CodeId code);

struct Variant {
  core::CodeId id;
  core::CodeId variant_of;
  std::string text;
  std::string placement;
  bool is_enabled = true;
  core::CodeId replaced_by;
  core::Instant created_at;
};
// Of a code that is itself a variant, a sister is made. `text` "" = the original's with a random
// end. Errc::conflict with "code: …" or "placement: …": a code has the text, or the placement has a
// variant that is still enabled. Errc::invalid: the text is none that a code may have.
core::Result<Variant> make_variant(storage::Session& session, core::BrandId brand,
                                   const StoredCode& of, std::string_view placement,
                                   std::string_view text, core::Instant now);
// In order of id, behind `after`.
std::vector<Variant> list_variants(storage::Session& session, core::BrandId brand, core::CodeId of,
                                   std::int64_t after, std::int64_t limit);
// {"id","variant_of","code","placement","enabled","replaced_by","created_at"}
boost::json::object variant_json(const Variant& variant);

}  // namespace fairlead::codes

// Codes made of other codes: a variant for each placement, so that a leak says where it leaked, and
// the successor of a code that has leaked. A copy has the terms of its original, limits of its own
// included: what is to be shared is limited by the campaign. Inside the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codes/code_looks.hpp"
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
// Why a copy is not made.
enum class CopyRefusal : std::uint8_t {
  placement_taken,  // by a variant of the same original that is still enabled
  text_taken,
  text_too_similar,  // to `alike`
  bad_text,          // none that a code may have
  deal_archived
};
struct RefusedCopy {
  CopyRefusal why;
  std::optional<AlikeCode> alike = {};
};
// A sentence for whoever asked for the copy, of what was asked for.
std::string explain(const RefusedCopy& refused, std::string_view placement, std::string_view text);
// Of a code that is itself a variant, a sister is made. `text` "" = the original's, as far as it is
// A-Z, 0-9, "-" and "_", with a random end. `of` is locked by the caller.
boost::system::result<Variant, RefusedCopy> make_variant(storage::Session& session,
                                                         core::BrandId brand, const StoredCode& of,
                                                         std::string_view placement,
                                                         std::string_view text, Similar similar,
                                                         core::Instant now);
// Why a code that is switched off must stay off: it was rotated, or its placement has another
// variant by now. `code` is locked by the caller.
enum class StaysOff : std::uint8_t { rotated, placement_taken };
std::optional<StaysOff> why_off(storage::Session& session, core::BrandId brand, core::CodeId code);
// Those of its original when `of` is itself a variant. In order of id, behind `after`.
std::vector<Variant> list_variants(storage::Session& session, core::BrandId brand, core::CodeId of,
                                   std::int64_t after, std::int64_t limit);
// {"id","variant_of","code","placement","enabled","replaced_by","created_at"}
boost::json::object variant_json(const Variant& variant);

}  // namespace fairlead::codes

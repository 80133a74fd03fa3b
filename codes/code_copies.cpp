#include "codes/code_copies.hpp"

#include <algorithm>

#include "codes/batches.hpp"
#include "codes/leaks.hpp"
#include "codes/proposals.hpp"
#include "codes/sql.hpp"
#include "core/check.hpp"

namespace fairlead::codes {

namespace {

constexpr int attempts_max = 5;

using Copied = boost::system::result<core::CodeId, RefusedCopy>;
Copied copy_code(storage::Session& session, core::BrandId brand, const StoredCode& original,
                 std::string_view text, Similar similar, core::Instant now);
bool is_placement_of_another(storage::Session& session, core::BrandId brand,
                             const StoredCode& variant, const CodeKin& kin);
RefusedRotation refuse_rotation(const RefusedCopy& refused, const CodeKin& kin,
                                std::string_view text);
core::CodeId root_of(storage::Session& session, core::BrandId brand, core::CodeId code);
Variant read_variant(const storage::Row& row);
std::optional<Variant> find_variant(storage::Session& session, core::BrandId brand,
                                    core::CodeId code);

}  // namespace

boost::system::result<Variant, RefusedCopy> make_variant(storage::Session& session,
                                                         core::BrandId brand, const StoredCode& of,
                                                         std::string_view placement,
                                                         std::string_view text, Similar similar,
                                                         core::Instant now) {
  const auto root = root_of(session, brand, of.id);
  // All variants of one original are made under its lock, whichever of them was named.
  if (root != of.id) lock_code(session, brand, root);
  if (!session.run(sql::find_variant_at, brand, root, placement).empty())
    return RefusedCopy{CopyRefusal::placement_taken};
  const auto id = copy_code(session, brand, of, text, similar, now);
  if (!id) return id.error();
  session.run(sql::set_kin, brand, *id, root, placement);
  return *find_variant(session, brand, *id);
}

std::string explain(const RefusedCopy& refused, std::string_view placement, std::string_view text) {
  switch (refused.why) {
    case CopyRefusal::placement_taken:
      return "The placement \"" + std::string(placement) +
             "\" has a variant of this code already; archive or rotate that one first.";
    case CopyRefusal::text_taken:
      return text.empty()
                 ? "No text was found that is free; choose one."
                 : "The code " + fold(text) + " exists already; choose another text, or none.";
    case CopyRefusal::text_too_similar:
      return explain(*refused.alike);
    case CopyRefusal::bad_text:
      return std::string(canonical_text_rule);
    case CopyRefusal::deal_archived:
      return "The code's deal is archived and gets no new codes.";
  }
  CHECK(false);
}

std::optional<StaysOff> why_off(storage::Session& session, core::BrandId brand, core::CodeId code) {
  const auto kin = find_kin(session, brand, code);
  if (kin.replaced_by) return StaysOff::rotated;
  if (!kin.variant_of) return std::nullopt;
  lock_code(session, brand, kin.variant_of);
  if (session.run(sql::find_variant_at, brand, kin.variant_of, kin.placement).empty())
    return std::nullopt;
  return StaysOff::placement_taken;
}

std::vector<Variant> list_variants(storage::Session& session, core::BrandId brand, core::CodeId of,
                                   std::int64_t after, std::int64_t limit) {
  std::vector<Variant> variants;
  const auto root = root_of(session, brand, of);
  for (const auto& row : session.run(sql::list_variants, brand, root, after, limit))
    variants.push_back(read_variant(row));
  return variants;
}

CodeKin find_kin(storage::Session& session, core::BrandId brand, core::CodeId code) {
  const auto variant = find_variant(session, brand, code);
  if (!variant) return {};
  return {variant->variant_of, variant->placement, variant->replaced_by};
}

boost::json::object variant_json(const Variant& variant) {
  const auto maybe_id = [](core::CodeId id) {
    return id ? boost::json::value(id.text()) : boost::json::value();
  };
  return {{"id", variant.id.text()},
          {"variant_of", maybe_id(variant.variant_of)},
          {"code", variant.text},
          {"placement", variant.placement},
          {"enabled", variant.is_enabled},
          {"replaced_by", maybe_id(variant.replaced_by)},
          {"created_at", core::format_instant(variant.created_at)}};
}

core::Result<void> pause_code(storage::Session& session, core::BrandId brand, core::CodeId id) {
  const auto code = lock_code(session, brand, id);
  if (!code) return core::fail(core::Errc::not_found, "there is no such code");
  if (!code->terms.is_enabled) return {};
  auto terms = code->terms;
  terms.is_enabled = false;
  change_code(session, brand, *code, terms);
  return {};
}

boost::system::result<RotatedCode, RefusedRotation> rotate_code(
    storage::Session& session, core::BrandId brand, core::CodeId id, std::string_view text,
    Similar similar, core::Instant now) {
  auto code = lock_code(session, brand, id);
  if (!code) return RefusedRotation{RotationRefusal::no_such_code, "There is no such code."};
  if (code->archived_at)
    return RefusedRotation{RotationRefusal::archived,
                           "This code is archived and has no successor."};
  const auto kin = find_kin(session, brand, id);
  if (kin.replaced_by)
    return RefusedRotation{
        RotationRefusal::rotated,
        "This code was rotated to " + kin.replaced_by.text() + "; rotate that one."};
  if (kin.variant_of && is_placement_of_another(session, brand, *code, kin))
    return refuse_rotation({CopyRefusal::placement_taken}, kin, text);
  // The successor is good even when the leaked one was paused before.
  auto terms = code->terms;
  const auto successor = copy_code(session, brand, *code, text, similar, now);
  if (!successor) return refuse_rotation(successor.error(), kin, text);
  if (kin.variant_of) session.run(sql::set_kin, brand, *successor, kin.variant_of, kin.placement);
  terms.is_enabled = false;
  change_code(session, brand, *code, terms);
  session.run(sql::set_replaced_by, brand, id, *successor);
  return RotatedCode{*successor, find_code(session, brand, *successor)->text};
}

namespace {

// What a made text begins with: the original's, cut so that `ending` characters find room.
std::string prefix_of(const StoredCode& original, std::size_t ending) {
  constexpr std::size_t text_max = 40;
  auto base = is_canonical(original.folded) ? original.folded : base_of_words(original.text);
  if (base.empty()) return base;
  base.resize(std::min(base.size(), text_max - ending - 1));
  return base + "-";
}

// The only place here that knows how a code is made.
Copied copy_code(storage::Session& session, core::BrandId brand, const StoredCode& original,
                 std::string_view text, Similar similar, core::Instant now) {
  NewCode copy{.deal = original.deal, .text = std::string(text), .terms = original.terms};
  copy.terms.is_enabled = true;
  if (!text.empty()) {
    auto alike = find_hindrance(session, brand, original.deal, text, similar);
    if (alike) return RefusedCopy{CopyRefusal::text_too_similar, std::move(alike)};
  }
  constexpr std::size_t ending = 5;
  const BatchText made{
      .prefix = prefix_of(original, ending), .suffix = {}, .random_length = ending};
  for (int attempt = 1;; ++attempt) {
    if (text.empty()) copy.text = random_text(made);
    const auto id = create_code(session, brand, copy, now);
    if (id) return *id;
    if (id.error().code == core::Errc::not_found) return RefusedCopy{CopyRefusal::deal_archived};
    if (id.error().code == core::Errc::invalid) return RefusedCopy{CopyRefusal::bad_text};
    if (!text.empty() || attempt == attempts_max) return RefusedCopy{CopyRefusal::text_taken};
  }
}

// While a variant was switched off, another may have been made at its placement; while it is on, it
// is the one. Under the original's lock, as all variants are made.
bool is_placement_of_another(storage::Session& session, core::BrandId brand,
                             const StoredCode& variant, const CodeKin& kin) {
  lock_code(session, brand, kin.variant_of);
  return !variant.terms.is_enabled &&
         !session.run(sql::find_variant_at, brand, kin.variant_of, kin.placement).empty();
}

RefusedRotation refuse_rotation(const RefusedCopy& refused, const CodeKin& kin,
                                std::string_view text) {
  const auto why = [&] {
    switch (refused.why) {
      case CopyRefusal::placement_taken:
        return RotationRefusal::placement_taken;
      case CopyRefusal::text_taken:
        return RotationRefusal::text_taken;
      case CopyRefusal::text_too_similar:
        return RotationRefusal::text_too_similar;
      case CopyRefusal::bad_text:
        return RotationRefusal::bad_text;
      case CopyRefusal::deal_archived:
        return RotationRefusal::archived;
    }
    CHECK(false);
  }();
  return {why, explain(refused, kin.placement, text)};
}

core::CodeId root_of(storage::Session& session, core::BrandId brand, core::CodeId code) {
  const auto kin = find_kin(session, brand, code);
  return kin.variant_of ? kin.variant_of : code;
}

// The columns of find_variant.sql and list_variants.sql.
Variant read_variant(const storage::Row& row) {
  return {.id = row.id<core::CodeId>(0),
          .variant_of = row.id<core::CodeId>(1),
          .text = row.text(2),
          .placement = row.text(3),
          .is_enabled = row.integer(4) != 0 && row.is_null(7),
          .replaced_by = row.id<core::CodeId>(5),
          .created_at = row.instant(6)};
}

std::optional<Variant> find_variant(storage::Session& session, core::BrandId brand,
                                    core::CodeId code) {
  const auto rows = session.run(sql::find_variant, brand, code);
  if (rows.empty()) return std::nullopt;
  return read_variant(rows.one());
}

}  // namespace

}  // namespace fairlead::codes

#include "codes/code_copies.hpp"

#include "codes/batches.hpp"
#include "codes/leaks.hpp"
#include "codes/sql.hpp"

namespace fairlead::codes {

namespace {

constexpr int attempts_max = 5;

core::Result<core::CodeId> copy_code(storage::Session& session, core::BrandId brand,
                                     const StoredCode& original, std::string_view text,
                                     core::Instant now);
Variant read_variant(const storage::Row& row);
std::optional<Variant> find_variant(storage::Session& session, core::BrandId brand,
                                    core::CodeId code);

}  // namespace

core::Result<Variant> make_variant(storage::Session& session, core::BrandId brand,
                                   const StoredCode& of, std::string_view placement,
                                   std::string_view text, core::Instant now) {
  const auto kin = find_kin(session, brand, of.id);
  const auto root = kin.variant_of ? kin.variant_of : of.id;
  if (!session.run(sql::find_variant_at, brand, root, placement).empty()) {
    return core::fail(core::Errc::conflict, "placement: \"" + std::string(placement) +
                                                "\" has a variant of this code already");
  }
  const auto id = copy_code(session, brand, of, text, now);
  if (!id) return id.error();
  session.run(sql::set_kin, brand, *id, root, placement);
  return *find_variant(session, brand, *id);
}

std::vector<Variant> list_variants(storage::Session& session, core::BrandId brand, core::CodeId of,
                                   std::int64_t after, std::int64_t limit) {
  std::vector<Variant> variants;
  for (const auto& row : session.run(sql::list_variants, brand, of, after, limit))
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

core::Result<RotatedCode> rotate_code(storage::Session& session, core::BrandId brand,
                                      core::CodeId id, std::string_view text, core::Instant now) {
  auto code = lock_code(session, brand, id);
  if (!code) return core::fail(core::Errc::not_found, "there is no such code");
  if (code->archived_at)
    return core::fail(core::Errc::conflict, "code_id: the code is archived; it has no successor");
  const auto kin = find_kin(session, brand, id);
  if (kin.replaced_by)
    return core::fail(core::Errc::conflict, "code_id: the code was rotated to " +
                                                kin.replaced_by.text() + "; rotate that one");
  // The successor is good even when the leaked one was paused before.
  auto terms = code->terms;
  const auto successor = copy_code(session, brand, *code, text, now);
  if (!successor) return successor.error();
  if (kin.variant_of) session.run(sql::set_kin, brand, *successor, kin.variant_of, kin.placement);
  terms.is_enabled = false;
  change_code(session, brand, *code, terms);
  session.run(sql::set_replaced_by, brand, id, *successor);
  return RotatedCode{*successor, find_code(session, brand, *successor)->text};
}

namespace {

// The only place here that knows how a code is made.
core::Result<core::CodeId> copy_code(storage::Session& session, core::BrandId brand,
                                     const StoredCode& original, std::string_view text,
                                     core::Instant now) {
  NewCode copy{.deal = original.deal, .text = std::string(text), .terms = original.terms};
  copy.terms.is_enabled = true;
  if (!text.empty()) return create_code(session, brand, copy, now);
  constexpr std::size_t ending = 5;
  const BatchText made{.prefix = original.text.substr(0, 40 - ending - 1) + "-",
                       .suffix = {},
                       .random_length = ending};
  for (int attempt = 1;; ++attempt) {
    copy.text = random_text(made);
    auto id = create_code(session, brand, copy, now);
    if (id || id.error().code != core::Errc::conflict || attempt == attempts_max) return id;
  }
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

#include "codes/stored_code.hpp"

#include "codes/sql.hpp"
#include "core/check.hpp"

namespace fairlead::codes {

namespace {

StoredCode read_code(const storage::Row& row);
std::optional<StoredCode> first_code(const storage::Rows& rows);
core::Result<Discount> read_discount(const NewCode& code);

}  // namespace

std::string fold(std::string_view code) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const auto begin = code.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return "";
  code = code.substr(begin, code.find_last_not_of(blanks) - begin + 1);
  std::string folded(code);
  for (char& c : folded) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return folded;
}

bool is_canonical(std::string_view folded) {
  return folded.size() >= 3 && folded.size() <= 40 &&
         std::all_of(folded.begin(), folded.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

core::Result<core::CodeId> create_code(storage::Session& session, core::BrandId brand,
                                       const NewCode& code, core::Instant now) {
  const auto folded = fold(code.code);
  if (!is_canonical(folded)) {
    return core::fail(core::Errc::invalid,
                      "code: 3 to 40 letters A-Z (of any case), digits, '-' or '_' are needed");
  }
  auto discount = read_discount(code);
  if (!discount) return discount.error();
  if (code.starts_at && code.ends_at && *code.ends_at <= *code.starts_at) {
    return core::fail(core::Errc::invalid, "ends_at: must be later than starts_at");
  }
  for (const auto& limit :
       {code.uses_max, code.uses_per_customer_max, code.budget_minor, code.subtotal_min_minor}) {
    if (limit && *limit < 0) {
      return core::fail(core::Errc::invalid, "limits: none may be below 0");
    }
  }
  auto deal = session.run(sql::find_deal_currency, brand, code.deal);
  if (deal.empty()) return core::fail(core::Errc::not_found, "deal_id: there is no such deal");

  // A percentage has no currency of its own; its limits in money are in the campaign's.
  const auto currency = discount->kind == DiscountKind::fixed
                            ? std::string(core::Currency::parse(*code.currency)->code())
                            : deal.one().text(0);
  const auto id = core::new_id<core::CodeId>(now);
  auto inserted =
      session.run(sql::insert_code, brand, id, code.deal,
                  code.code.substr(code.code.find_first_not_of(" \t\r\n\f\v"), folded.size()),
                  folded, name_of(discount->kind), code.rate_ppm, code.amount_minor, currency,
                  code.starts_at, code.ends_at, code.subtotal_min_minor, code.uses_max,
                  code.uses_per_customer_max, code.budget_minor, now);
  if (inserted.changed == 0) {
    return core::fail(core::Errc::conflict, "code: " + folded + " exists already");
  }
  const Limits limits{.uses_max = code.uses_max, .budget_minor = code.budget_minor};
  if (limits.need_counter()) session.run(sql::insert_counter, brand, id, currency);
  return id;
}

void change_code(storage::Session& session, core::BrandId brand, const StoredCode& locked,
                 const Terms& terms) {
  const auto& limits = terms.limits;
  session.run(sql::change_code, brand, locked.id, terms.starts_at, terms.ends_at,
              terms.is_enabled ? 1 : 0, limits.subtotal_min_minor, limits.uses_max,
              limits.uses_per_customer_max, limits.budget_minor);
  // The code is locked: whoever holds it has committed, and whoever comes later will see the new
  // terms. So the ledger stands still while counters are made from it.
  const auto& before = locked.terms.limits;
  if (limits.need_counter() && !before.need_counter()) {
    session.run(sql::insert_counter, brand, locked.id, terms.currency.code());
  } else if (!limits.need_counter() && before.need_counter()) {
    session.run(sql::delete_counter, brand, locked.id);
  }
  if (limits.uses_per_customer_max && !before.uses_per_customer_max) {
    session.run(sql::insert_slots, brand, locked.id);
  } else if (!limits.uses_per_customer_max && before.uses_per_customer_max) {
    session.run(sql::delete_slots, brand, locked.id);
  }
}

void archive_code(storage::Session& session, core::BrandId brand, core::CodeId id,
                  core::Instant now) {
  session.run(sql::archive_code, brand, id, now);
}

std::optional<StoredCode> find_code(storage::Session& session, core::BrandId brand,
                                    std::string_view folded) {
  return first_code(session.run(sql::find_code, brand, folded));
}

std::optional<StoredCode> find_code(storage::Session& session, core::BrandId brand,
                                    core::CodeId id) {
  return first_code(session.run(sql::find_code_by_id, brand, id));
}

std::optional<StoredCode> hold_code(storage::Session& session, core::BrandId brand,
                                    core::CodeId id) {
  return first_code(session.run(sql::hold_code, brand, id));
}

std::optional<StoredCode> lock_code(storage::Session& session, core::BrandId brand,
                                    core::CodeId id) {
  return first_code(session.run(sql::lock_code, brand, id));
}

std::vector<StoredCode> list_codes(storage::Session& session, core::BrandId brand,
                                   const CodeFilter& filter) {
  std::vector<StoredCode> codes;
  const auto rows = session.run(sql::list_codes, brand, filter.after, filter.deal,
                                filter.with_archived, filter.limit);
  for (const auto& row : rows)
    codes.push_back(read_code(row));
  return codes;
}

std::optional<CodeOwner> find_owner(storage::Session& session, core::BrandId brand,
                                    std::string_view code) {
  auto stored = find_code(session, brand, fold(code));
  if (!stored) return std::nullopt;
  return CodeOwner{stored->id, stored->deal, stored->influencer, stored->campaign};
}

namespace {

std::optional<std::int64_t> maybe_integer(const storage::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

std::optional<core::Instant> maybe_instant(const storage::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return row.instant(column);
}

// The columns of find_code.sql and its siblings, in their order.
StoredCode read_code(const storage::Row& row) {
  const auto kind = parse_discount_kind(row.text(6));
  CHECK(kind.has_value());
  Terms terms{.discount = {.kind = *kind,
                           .rate = {row.integer_or(7, 0)},
                           .amount_minor = row.integer_or(8, 0)},
              .currency = core::Currency::of(row.text(9)),
              .limits = {.uses_max = maybe_integer(row, 14),
                         .uses_per_customer_max = maybe_integer(row, 15),
                         .budget_minor = maybe_integer(row, 16),
                         .subtotal_min_minor = maybe_integer(row, 13)},
              .starts_at = maybe_instant(row, 10),
              .ends_at = maybe_instant(row, 11),
              .is_enabled = row.integer(12) != 0 && row.is_null(19)};
  return {.id = row.id<core::CodeId>(0),
          .deal = row.id<core::DealId>(1),
          .influencer = row.id<core::InfluencerId>(2),
          .campaign = row.id<core::CampaignId>(3),
          .text = row.text(4),
          .folded = row.text(5),
          .terms = terms,
          .version = row.integer(17),
          .created_at = row.instant(18),
          .archived_at = maybe_instant(row, 19)};
}

std::optional<StoredCode> first_code(const storage::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_code(rows.one());
}

// Only the fields of its kind, all of them, in range; Errc::invalid names the field.
core::Result<Discount> read_discount(const NewCode& code) {
  const auto kind = parse_discount_kind(code.discount_kind);
  if (!kind) {
    return core::fail(core::Errc::invalid,
                      "discount.kind: one of percent, fixed, free_shipping is needed");
  }
  const bool needs_rate = *kind == DiscountKind::percent;
  const bool needs_amount = *kind == DiscountKind::fixed;
  if (needs_rate != code.rate_ppm.has_value()) {
    return core::fail(core::Errc::invalid, "discount.rate_ppm: belongs to percent, and only there");
  }
  if (needs_amount != code.amount_minor.has_value() || needs_amount != code.currency.has_value()) {
    return core::fail(core::Errc::invalid,
                      "discount.amount_minor, discount.currency: belong to fixed, and only there");
  }
  Discount discount{.kind = *kind, .rate = {}, .amount_minor = code.amount_minor.value_or(0)};
  if (needs_rate) {
    auto rate = core::Rate::parse(*code.rate_ppm);
    if (!rate || rate->ppm == 0) {
      return core::fail(core::Errc::invalid, "discount.rate_ppm: 1 to 1000000 is needed");
    }
    discount.rate = *rate;
  }
  if (needs_amount) {
    if (*code.amount_minor <= 0) {
      return core::fail(core::Errc::invalid, "discount.amount_minor: must be above 0");
    }
    if (!core::Currency::parse(*code.currency)) {
      return core::fail(core::Errc::invalid, "discount.currency: an ISO 4217 code is needed");
    }
  }
  return discount;
}

}  // namespace

}  // namespace fairlead::codes

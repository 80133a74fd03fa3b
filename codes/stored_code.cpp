#include "codes/stored_code.hpp"

#include <algorithm>

#include "codes/capacity.hpp"
#include "codes/click_codes.hpp"
#include "codes/code_looks.hpp"
#include "codes/sql.hpp"
#include "codes/term_fields.hpp"
#include "codes/term_json.hpp"
#include "core/check.hpp"

namespace fairlead::codes {

namespace {

StoredCode read_code(const storage::Row& row);
std::optional<StoredCode> first_code(const storage::Rows& rows);

}  // namespace

core::Result<core::CodeId> create_code(storage::Session& session, core::BrandId brand,
                                       const NewCode& code, core::Instant now) {
  const auto folded = fold(code.text);
  const bool is_text_good =
      code.origin == CodeOrigin::imported ? !folded.empty() : is_canonical(folded);
  if (!is_text_good) {
    return core::fail(core::Errc::invalid, std::string(canonical_text_rule));
  }
  if (const auto checked = check_terms(code.terms); !checked) return checked.error();
  auto deal = session.run(sql::find_deal_currency, brand, code.deal);
  if (deal.empty()) return core::fail(core::Errc::not_found, "deal_id: there is no such deal");

  // Only a fixed amount has a currency of its own; every other amount is in the campaign's.
  auto made = code;
  if (code.terms.discount.kind != DiscountKind::fixed)
    made.terms.currency = core::Currency::of(deal.one().text(0));
  session.run(sql::insert_campaign_limits, brand, code.deal, now);
  const auto id = core::new_id<core::CodeId>(now);
  if (!insert_code(session, brand, id, made, now))
    return core::fail(core::Errc::conflict, "code: " + folded + " exists already");
  if (code.origin != CodeOrigin::generated) add_looks(session, brand, id, folded);
  return id;
}

bool insert_code(storage::Session& session, core::BrandId brand, core::CodeId id,
                 const NewCode& code, core::Instant now, std::optional<core::ClickId> click) {
  const auto& terms = code.terms;
  const auto currency = terms.currency;
  std::optional<std::int64_t> rate_ppm;
  if (terms.discount.rate.ppm > 0) rate_ppm = terms.discount.rate.ppm;
  std::optional<std::int64_t> amount_minor;
  if (terms.discount.kind == DiscountKind::fixed) amount_minor = terms.discount.amount_minor;
  const auto inserted = session.run(
      sql::insert_code, brand, id, code.deal, written(code.text), fold(code.text),
      name_of(terms.discount.kind), rate_ppm, amount_minor, currency.code(), terms.starts_at,
      terms.ends_at, terms.is_enabled ? 1 : 0, terms.cart.subtotal_min_minor, terms.limits.uses_max,
      terms.limits.uses_per_customer_max, terms.limits.budget_minor, rules_text(terms), now, click);
  if (inserted.changed == 0) return false;
  const Scope scope{Scope::Kind::code, id.number};
  follow_limits(session, brand, {scope, {}, currency}, {scope, terms.limits, currency});
  return true;
}

void change_code(storage::Session& session, core::BrandId brand, const StoredCode& locked,
                 const Terms& terms) {
  session.run(sql::change_code, brand, locked.id, terms.starts_at, terms.ends_at,
              terms.is_enabled ? 1 : 0, terms.cart.subtotal_min_minor, terms.limits.uses_max,
              terms.limits.uses_per_customer_max, terms.limits.budget_minor, rules_text(terms));
  // Where limits change nobody uses the code, so the ledger stands still while counters are made
  // from it.
  const Scope scope{Scope::Kind::code, locked.id.number};
  follow_limits(session, brand, {scope, locked.terms.limits, terms.currency},
                {scope, terms.limits, terms.currency});
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
                                    std::string_view folded, core::Instant now) {
  auto code = first_code(session.run(sql::hold_code, brand, folded));
  if (code && code->closed_until > now)
    throw storage::StatementFailed{core::fail(core::Errc::busy, "limits are being edited"), true,
                                   true};
  return code;
}

std::optional<StoredCode> hold_code(storage::Session& session, core::BrandId brand, core::CodeId id,
                                    core::Instant now) {
  const auto code = find_code(session, brand, id);
  return code ? hold_code(session, brand, code->folded, now) : std::nullopt;
}

std::optional<StoredCode> lock_code(storage::Session& session, core::BrandId brand,
                                    core::CodeId id) {
  session.run(sql::lock_code, brand, id);
  return find_code(session, brand, id);
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

namespace {

// The text of the code that shops also know by this id; "" when there is none.
std::string folded_of_shop_id(storage::Session& session, core::BrandId brand,
                              std::string_view shop_id) {
  const auto rows = session.run(sql::find_code_by_shop_id, brand, shop_id);
  return rows.empty() ? "" : rows.one().text(0);
}

}  // namespace

std::optional<CodeOwner> find_owner(storage::Session& session, core::BrandId brand,
                                    std::string_view code) {
  const std::string folded = fold(code);
  if (folded.empty()) return std::nullopt;  // neither a code nor an id can be such a text
  auto stored = find_code(session, brand, folded);
  if (!stored) stored = find_code(session, brand, folded_of_shop_id(session, brand, code));
  if (!stored) return std::nullopt;
  return CodeOwner{stored->id, stored->deal, stored->influencer, stored->campaign,
                   click_of(*stored)};
}

std::optional<CodeOwner> take_owner(storage::Session& session, core::BrandId brand,
                                    std::string_view code, const ReadClickCode& read_click_code,
                                    core::Instant now) {
  const std::string folded = fold(code);
  if (folded.empty()) return std::nullopt;
  auto held = hold_with_clicks(session, brand, folded, read_click_code, now);
  if (!held) held = hold_code(session, brand, folded_of_shop_id(session, brand, code), now);
  if (!held) return std::nullopt;
  return CodeOwner{held->id, held->deal, held->influencer, held->campaign, click_of(*held)};
}

namespace {

// The columns of find_code.sql and its siblings, in their order.
StoredCode read_code(const storage::Row& row) {
  const auto kind = parse_discount_kind(row.text(6));
  CHECK(kind.has_value());
  Terms terms{.discount = {.kind = *kind,
                           .rate = {row.integer_or(7, 0)},
                           .amount_minor = row.integer_or(8, 0)},
              .currency = core::Currency::of(row.text(9)),
              .limits = {.uses_max = row.maybe_integer(14),
                         .uses_per_customer_max = row.maybe_integer(15),
                         .budget_minor = row.maybe_integer(16)},
              .cart = {.subtotal_min_minor = row.maybe_integer(13)},
              .starts_at = row.maybe_instant(10),
              .ends_at = row.maybe_instant(11)};
  read_rules_text(row.text(20), terms);
  terms.is_enabled = row.integer(12) != 0 && row.is_null(19);
  return {.id = row.id<core::CodeId>(0),
          .deal = row.id<core::DealId>(1),
          .influencer = row.id<core::InfluencerId>(2),
          .campaign = row.id<core::CampaignId>(3),
          .text = row.text(4),
          .folded = row.text(5),
          .terms = terms,
          .shared = {.uses_max = row.maybe_integer(23),
                     .uses_per_customer_max = row.maybe_integer(24),
                     .budget_minor = row.maybe_integer(25)},
          .campaign_currency = core::Currency::of(row.text(22)),
          .is_deal_archived = !row.is_null(26),
          .influencer_email = row.text_or(21, ""),
          .version = row.integer(17),
          .created_at = row.instant(18),
          .archived_at = row.maybe_instant(19),
          .closed_until = std::max(row.instant(27), row.instant(28))};
}

std::optional<StoredCode> first_code(const storage::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_code(rows.one());
}

}  // namespace

}  // namespace fairlead::codes

#include "ledger/commissions.hpp"

#include "ledger/causes.hpp"
#include "ledger/sql.hpp"

namespace fairlead::ledger {

namespace {

// An order has a handful of credits, a commission a handful of refunds; the limits only keep a
// damaged database from filling the memory.
constexpr std::int64_t commissions_of_order_max = 1'000;
constexpr std::int64_t postings_of_commission_max = 10'000;

// The columns of the find_commission… and list_commissions… statements.
Commission read_row(const storage::Row& row, core::Instant now) {
  Commission commission{
      .id = row.id<core::CommissionId>(0),
      .credit = row.id<core::CreditId>(1),
      .order = row.id<core::OrderId>(2),
      .influencer = row.id<core::InfluencerId>(3),
      .deal = row.id<core::DealId>(4),
      .campaign = row.id<core::CampaignId>(5),
      .currency = core::Currency::of(row.text(6)),
      .base_minor = row.integer(7),
      .amount_booked_minor = row.integer(13),
      .amount_minor = row.integer(14),
      .plan_kind = row.text(9),
      .plan_terms = row.text(10),
      .plan_version = row.integer(8),
      .booked_at = row.instant(11),
      .release_at = row.instant(12),
      .status = CommissionStatus::pending,
      .hold_reason = row.text_or(15, ""),
  };
  commission.status = status_of(commission.amount_booked_minor, commission.amount_minor,
                                row.is_null(15) ? Held::no : Held::yes, commission.release_at, now);
  if (commission.status != CommissionStatus::held) commission.hold_reason.clear();
  return commission;
}

std::vector<Commission> read_rows(const storage::Rows& rows, core::Instant now) {
  std::vector<Commission> commissions;
  commissions.reserve(rows.size());
  for (const storage::Row& row : rows)
    commissions.push_back(read_row(row, now));
  return commissions;
}

std::optional<Commission> read_one(const storage::Rows& rows, core::Instant now) {
  if (rows.empty()) return std::nullopt;
  return read_row(rows.one(), now);
}

}  // namespace

const char* name_of(CommissionStatus status) {
  switch (status) {
    case CommissionStatus::pending:
      return "pending";
    case CommissionStatus::approved:
      return "approved";
    case CommissionStatus::reversed:
      return "reversed";
    case CommissionStatus::held:
      return "held";
  }
  return "pending";
}

CommissionStatus status_of(std::int64_t amount_booked_minor, std::int64_t amount_minor, Held held,
                           core::Instant release_at, core::Instant now) {
  if (amount_booked_minor != 0 && amount_minor == 0) return CommissionStatus::reversed;
  if (held == Held::yes) return CommissionStatus::held;
  return now >= release_at ? CommissionStatus::approved : CommissionStatus::pending;
}

boost::json::object commission_json(const Commission& commission) {
  const auto& reason = commission.hold_reason;
  return {
      {"id", commission.id.text()},
      {"influencer_id", commission.influencer.text()},
      {"deal_id", commission.deal.text()},
      {"campaign_id", commission.campaign.text()},
      {"order_id", commission.order.text()},
      {"base_minor", commission.base_minor},
      {"amount_minor", commission.amount_minor},
      {"amount_booked_minor", commission.amount_booked_minor},
      {"currency", std::string(commission.currency.code())},
      {"status", name_of(commission.status)},
      {"hold_reason", reason.empty() ? boost::json::value() : boost::json::value(reason)},
      {"plan", plan_json({commission.plan_kind, commission.plan_terms})},
      {"plan_version", commission.plan_version},
      {"booked_at", core::format_instant(commission.booked_at)},
      {"release_at", core::format_instant(commission.release_at)},
  };
}

std::vector<Commission> commissions_of_order(storage::Session& session, core::BrandId brand,
                                             core::OrderId order, core::Instant now) {
  return read_rows(
      session.run(sql::list_commissions_of_order, brand, order, commissions_of_order_max), now);
}

std::optional<Commission> find_commission(storage::Session& session, core::BrandId brand,
                                          core::CommissionId id, core::Instant now) {
  return read_one(session.run(sql::find_commission, brand, id), now);
}

std::optional<Commission> find_commission_of_credit(storage::Session& session, core::BrandId brand,
                                                    core::CreditId credit, core::Instant now) {
  return read_one(session.run(sql::find_commission_of_credit, brand, credit), now);
}

std::vector<Commission> list_commissions(storage::Session& session, core::BrandId brand,
                                         core::InfluencerId influencer, std::int64_t after,
                                         std::int64_t limit, core::Instant now) {
  if (!influencer) return read_rows(session.run(sql::list_commissions, brand, after, limit), now);
  return read_rows(
      session.run(sql::list_commissions_of_influencer, brand, influencer, after, limit), now);
}

std::vector<Posting> postings_of_commission(storage::Session& session, core::BrandId brand,
                                            core::CommissionId id) {
  std::vector<Posting> postings;
  for (const storage::Row& row :
       session.run(sql::list_postings_of_commission, brand, id, postings_of_commission_max))
    postings.push_back(
        {row.text(0), row.text(1), row.text(2), row.integer(3), row.text(4), row.instant(5)});
  return postings;
}

std::int64_t reversed_by(const std::vector<Posting>& postings, core::OrderId order,
                         core::RefundId refund) {
  const std::string causes = reversal_causes(order, refund);
  std::int64_t reversed = 0;
  for (const Posting& posting : postings) {
    if (!posting.id.starts_with(causes)) continue;
    const bool takes_back = posting.to_account == commission_expense;
    reversed += takes_back ? posting.amount_minor : -posting.amount_minor;
  }
  return reversed;
}

}  // namespace fairlead::ledger

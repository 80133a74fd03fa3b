#include "admin/reports_facts.hpp"

#include "admin/sql.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace fairlead::admin {

namespace {

// Statements "by time" give the quarter of an hour since 1970: every zone's day is made of whole
// ones.
core::Day day_of_quarter(const ReportScope& scope, std::int64_t quarter) {
  return scope.zone.day_of(core::Instant{}.plus_seconds(quarter * 900));
}

storage::Rows rows_of(storage::Session& session, const storage::Statement& statement,
                      const ReportScope& scope) {
  return within_limit(session.run(statement, scope.brand, scope.period.from, scope.period.to,
                                  scope.campaign, scope.influencer, report_rows_max));
}

// A fact that sums over any partition. Both statements give the currency and two sums, then by_key
// the deal, link and code they belong to, and by_time the quarter of an hour.
struct Fact {
  const storage::Statement& by_key;
  const storage::Statement& by_time;
  void (*add)(RoiRow& row, std::int64_t first, std::int64_t second);
};

std::vector<Fact> facts() {
  return {
      {sql::report_credits, sql::report_credits_by_time,
       [](RoiRow& row, std::int64_t revenue, std::int64_t discount) {
         increase(row.revenue_minor, revenue);
         increase(row.discount_minor, discount);
       }},
      {sql::report_refunds, sql::report_refunds_by_time,
       [](RoiRow& row, std::int64_t refunds, std::int64_t) {
         increase(row.refunds_minor, refunds);
       }},
      {sql::report_commissions, sql::report_commissions_by_time,
       [](RoiRow& row, std::int64_t commission, std::int64_t) {
         increase(row.sums.commission_minor, commission);
       }},
      {sql::report_code_uses, sql::report_code_uses_by_time,
       [](RoiRow& row, std::int64_t uses, std::int64_t) { increase(row.code_uses, uses); }},
  };
}

// What statements by_key tell apart within a deal. A brand with a code for each customer would have
// as many rows as orders, which only a report by code needs.
std::int64_t detail_of(GroupBy group) {
  return group == GroupBy::link ? 1 : group == GroupBy::code ? 2 : 0;
}

// One list for each of facts().
std::vector<storage::Rows> read_sums(storage::Session& session, const ReportScope& scope) {
  std::vector<storage::Rows> sums;
  for (const Fact& fact : facts())
    sums.push_back(is_of_time(scope.group_by)
                       ? rows_of(session, fact.by_time, scope)
                       : within_limit(session.run(fact.by_key, scope.brand, scope.period.from,
                                                  scope.period.to, scope.campaign, scope.influencer,
                                                  report_rows_max, detail_of(scope.group_by))));
  return sums;
}

void add_sums(const std::vector<storage::Rows>& sums, const ReportScope& scope, const Keys& keys,
              RoiTable& table) {
  const std::vector<Fact> all = facts();
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const storage::Row& row : sums[i]) {
      const RowKey key =
          is_of_time(scope.group_by)
              ? keys.at(day_of_quarter(scope, row.integer(3)))
              : keys.of(row.integer_or(3, 0), row.integer_or(4, 0), row.integer_or(5, 0));
      table.add(key, row.text(0),
                [&](RoiRow& target) { all[i].add(target, row.integer(1), row.integer(2)); });
    }
}

const storage::Statement& orders_statement(GroupBy group) {
  switch (group) {
    case GroupBy::influencer:
    case GroupBy::platform:
    case GroupBy::tier:
    case GroupBy::country:
      return sql::report_orders_by_influencer;
    case GroupBy::campaign:
      return sql::report_orders_by_campaign;
    case GroupBy::deal:
      return sql::report_orders_by_deal;
    case GroupBy::link:
      return sql::report_orders_by_link;
    case GroupBy::code:
      return sql::report_orders_by_code;
    case GroupBy::day:
    case GroupBy::week:
    case GroupBy::month:
      return sql::report_orders_by_time;
  }
  return sql::report_orders_by_time;
}

void count_orders(RoiRow& target, const storage::Row& row) {
  target.sums.orders += row.integer(1);
  target.new_customers += row.integer(2);
  target.sums.click_orders += row.integer(3);
}

// Platforms, tiers and countries count the orders of their influencers; an order shared by several
// of one row was counted once for each of them.
void take_back_shared_orders(storage::Session& session, const ReportScope& scope, const Keys& keys,
                             RoiTable& table) {
  std::int64_t order = 0;
  std::map<std::pair<std::string, std::string>, bool>
      seen;  // row of this order → a click led to it
  for (const storage::Row& row : rows_of(session, sql::report_shared_orders, scope)) {
    if (row.integer(1) != order) seen.clear();
    order = row.integer(1);
    const RowKey key = keys.of_thing(row.integer(4));
    const bool by_click = row.integer(3) != 0;
    const auto [found, is_first] = seen.try_emplace({key.key, row.text(0)}, by_click);
    if (is_first) continue;
    RoiRow& target = table.row(key, row.text(0));
    target.sums.orders -= 1;
    target.new_customers -= row.integer(2);
    if (by_click && found->second) target.sums.click_orders -= 1;
    found->second = found->second || by_click;
  }
}

// Distinct within a row: an order of two influencers is one order in the total.
void add_orders(storage::Session& session, const storage::Rows& orders, const ReportScope& scope,
                const Keys& keys, RoiTable& table) {
  for (const storage::Row& row : orders) {
    const RowKey key = is_of_time(scope.group_by) ? keys.at(day_of_quarter(scope, row.integer(4)))
                                                  : keys.of_thing(row.integer_or(4, 0));
    count_orders(table.row(key, row.text(0)), row);
  }
  if (is_of_trait(scope.group_by)) take_back_shared_orders(session, scope, keys, table);
  for (const storage::Row& row : rows_of(session, sql::report_orders, scope))
    count_orders(table.total(row.text(0)), row);
}

// What the links or codes are called that a report by them has rows of.
void read_names(storage::Session& session, const ReportScope& scope,
                const std::vector<storage::Rows>& sums, const storage::Rows& orders,
                Directory& directory) {
  const std::int64_t detail = detail_of(scope.group_by);
  if (detail == 0) return;
  std::set<std::int64_t> numbers;
  const auto note = [&](const storage::Rows& rows, std::size_t column) {
    for (const storage::Row& row : rows)
      if (!row.is_null(column)) numbers.insert(row.integer(column));
  };
  for (const storage::Rows& rows : sums)
    note(rows, static_cast<std::size_t>(3 + detail));
  note(orders, 4);
  const auto& read = scope.group_by == GroupBy::link ? read_links : read_codes;
  read(session, scope.brand, numbers, directory);
}

void add_fees(const ReportScope& scope, const Directory& directory, const Keys& keys,
              RoiTable& table) {
  for (const auto& [id, deal] : directory.deals) {
    if (deal.fee_minor == 0 && deal.gift_minor == 0) continue;
    if (!scope.period.contains(deal.at) || !keys.includes_deal(id)) continue;
    const RowKey key =
        is_of_time(scope.group_by) ? keys.at(scope.zone.day_of(deal.at)) : keys.of(id, 0, 0);
    table.add(key, directory.currency_of_deal(id), [&deal = deal](RoiRow& target) {
      increase(target.sums.fee_minor, deal.fee_minor);
      increase(target.sums.gift_minor, deal.gift_minor);
    });
  }
}

void add_costs(storage::Session& session, const ReportScope& scope, const Keys& keys,
               RoiTable& table) {
  for (const storage::Row& row : rows_of(session, sql::report_costs, scope)) {
    const RowKey key = is_of_time(scope.group_by) ? keys.at(day_of_quarter(scope, row.integer(4)))
                       : row.is_null(3)           ? keys.of_campaign(row.integer(2))
                                                  : keys.of(row.integer(3), 0, 0);
    table.add(key, row.text(0),
              [&](RoiRow& target) { increase(target.sums.other_cost_minor, row.integer(1)); });
  }
}

}  // namespace

void add_facts(storage::Session& session, const ReportScope& scope, Directory& directory,
               RoiTable& table) {
  const Keys keys(scope, directory);
  const std::vector<storage::Rows> sums = read_sums(session, scope);
  const storage::Rows orders = rows_of(session, orders_statement(scope.group_by), scope);
  read_names(session, scope, sums, orders, directory);
  add_sums(sums, scope, keys, table);
  add_orders(session, orders, scope, keys, table);
  add_fees(scope, directory, keys, table);
  add_costs(session, scope, keys, table);
}

}  // namespace fairlead::admin

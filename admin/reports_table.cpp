#include "admin/reports_table.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "core/money.hpp"

namespace fairlead::admin {

namespace {

void finish(RoiRow& row, core::Rate margin) {
  row.sums.net_revenue_minor = row.revenue_minor;
  increase(row.sums.net_revenue_minor, -row.refunds_minor);
  row.roi = ledger::roi_of(row.sums, margin);
}

bool is_empty(const RoiRow& row) {
  const ledger::RoiSums& sums = row.sums;
  for (const std::int64_t number : {row.clicks_gross, row.code_uses, sums.orders, row.revenue_minor,
                                    row.refunds_minor, row.discount_minor, sums.commission_minor,
                                    sums.fee_minor, sums.gift_minor, sums.other_cost_minor})
    if (number != 0) return false;
  return true;
}

}  // namespace

RoiRow& RoiTable::row(const RowKey& key, const std::string& currency) {
  const auto [found, is_new] = rows_.try_emplace({key.key, currency});
  if (is_new) {
    found->second.key = key.key;
    found->second.name = key.name;
    found->second.currency = currency;
    total(currency);
  }
  return found->second;
}

RoiRow& RoiTable::total(const std::string& currency) {
  RoiRow& total = totals_[currency];
  total.currency = currency;
  return total;
}

std::vector<RoiRow> RoiTable::finished_rows(GroupBy group, core::Rate margin) {
  std::vector<RoiRow> rows;
  for (auto& [key, row] : rows_) {
    if (is_empty(row)) continue;
    finish(row, margin);
    rows.push_back(row);
  }
  // They come in order of key and currency, which is the order of time for groups of time.
  if (!is_of_time(group))
    std::stable_sort(rows.begin(), rows.end(), [](const RoiRow& a, const RoiRow& b) {
      return a.revenue_minor > b.revenue_minor;
    });
  return rows;
}

std::vector<RoiRow> RoiTable::finished_totals(core::Rate margin) {
  std::vector<RoiRow> totals;
  for (auto& [currency, row] : totals_) {
    finish(row, margin);
    totals.push_back(row);
  }
  return totals;
}

void increase(std::int64_t& target, std::int64_t amount) {
  if (__builtin_add_overflow(target, amount, &target))
    target = amount > 0 ? std::numeric_limits<std::int64_t>::max()
                        : std::numeric_limits<std::int64_t>::min();
}

}  // namespace fairlead::admin

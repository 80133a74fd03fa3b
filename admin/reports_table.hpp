// The rows of a report while they are filled: one per key and currency, and a total per currency.
// Belongs to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "admin/columns.hpp"
#include "admin/reports_keys.hpp"
#include "core/rate.hpp"

namespace fairlead::admin {

class RoiTable {
 public:
  // The row of a key; a new one is all zero. The total of its currency exists from then on, too.
  RoiRow& row(const RowKey& key, const std::string& currency);
  RoiRow& total(const std::string& currency);

  // Adds something that sums over any partition, to the row and to the total.
  template <class Add>
  void add(const RowKey& key, const std::string& currency, const Add& change) {
    change(row(key, currency));
    change(total(currency));
  }

  // Works out the quotients and gives the rows in the report's order.
  std::vector<RoiRow> finished_rows(GroupBy group, core::Rate margin);
  // By currency.
  std::vector<RoiRow> finished_totals(core::Rate margin);

 private:
  std::map<std::pair<std::string, std::string>, RoiRow> rows_;  // key, currency
  std::map<std::string, RoiRow> totals_;
};

// target += amount, stopping at the ends of int64 instead of wrapping around.
void increase(std::int64_t& target, std::int64_t amount);

}  // namespace fairlead::admin

// The columns of a report, each defined once: its name and how its value is read from a row. JSON
// and CSV are both made from this table, so they cannot disagree. Pure; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/csv.hpp"
#include "ledger/ledger.hpp"

namespace fairlead::admin {

// One row of the ROI report: its sums, and what ledger::roi_of makes of them.
struct RoiRow {
  std::string key;
  std::string name;
  std::string currency;
  std::int64_t clicks_gross = 0;
  std::int64_t visitors = 0;
  std::int64_t code_uses = 0;
  std::int64_t new_customers = 0;
  std::int64_t revenue_minor = 0;
  std::int64_t refunds_minor = 0;
  std::int64_t discount_minor = 0;
  ledger::RoiSums sums;
  ledger::Roi roi;
};

struct Column {
  std::string_view name;
  core::Cell (*cell)(const RoiRow& row);
  bool is_of_totals;  // key and name are not
};

// In the order in which they are shown. Add at the end; the order is read by people's spreadsheets.
std::span<const Column> roi_columns();

boost::json::object row_json(const RoiRow& row);
boost::json::object totals_json(const RoiRow& row);
std::string rows_csv(const std::vector<RoiRow>& rows);

}  // namespace fairlead::admin

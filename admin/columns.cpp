#include "admin/columns.hpp"

namespace fairlead::admin {

namespace {

core::Cell cell_of(const std::optional<std::int64_t>& number) {
  if (!number) return nullptr;
  return *number;
}

boost::json::value json_of(const core::Cell& cell) {
  return std::visit([](const auto& value) { return boost::json::value(value); }, cell);
}

constexpr Column columns[] = {
    {"key", [](const RoiRow& row) -> core::Cell { return row.key; }, false},
    {"name", [](const RoiRow& row) -> core::Cell { return row.name; }, false},
    {"clicks_gross", [](const RoiRow& row) -> core::Cell { return row.clicks_gross; }, true},
    {"clicks_valid", [](const RoiRow& row) -> core::Cell { return row.sums.clicks_valid; }, true},
    {"visitors", [](const RoiRow& row) -> core::Cell { return row.visitors; }, true},
    {"code_uses", [](const RoiRow& row) -> core::Cell { return row.code_uses; }, true},
    {"orders", [](const RoiRow& row) -> core::Cell { return row.sums.orders; }, true},
    {"new_customers", [](const RoiRow& row) -> core::Cell { return row.new_customers; }, true},
    {"revenue_minor", [](const RoiRow& row) -> core::Cell { return row.revenue_minor; }, true},
    {"refunds_minor", [](const RoiRow& row) -> core::Cell { return row.refunds_minor; }, true},
    {"net_revenue_minor",
     [](const RoiRow& row) -> core::Cell { return row.sums.net_revenue_minor; }, true},
    {"discount_minor", [](const RoiRow& row) -> core::Cell { return row.discount_minor; }, true},
    {"commission_minor", [](const RoiRow& row) -> core::Cell { return row.sums.commission_minor; },
     true},
    {"fee_minor", [](const RoiRow& row) -> core::Cell { return row.sums.fee_minor; }, true},
    {"gift_minor", [](const RoiRow& row) -> core::Cell { return row.sums.gift_minor; }, true},
    {"other_cost_minor", [](const RoiRow& row) -> core::Cell { return row.sums.other_cost_minor; },
     true},
    {"cost_minor", [](const RoiRow& row) -> core::Cell { return row.roi.cost_minor; }, true},
    {"profit_minor", [](const RoiRow& row) -> core::Cell { return row.roi.profit_minor; }, true},
    {"roi_ppm", [](const RoiRow& row) { return cell_of(row.roi.roi_ppm); }, true},
    {"roas_ppm", [](const RoiRow& row) { return cell_of(row.roi.roas_ppm); }, true},
    {"conversion_rate_ppm", [](const RoiRow& row) { return cell_of(row.roi.conversion_rate_ppm); },
     true},
    {"aov_minor", [](const RoiRow& row) { return cell_of(row.roi.aov_minor); }, true},
    {"epc_minor", [](const RoiRow& row) { return cell_of(row.roi.epc_minor); }, true},
    {"cpa_minor", [](const RoiRow& row) { return cell_of(row.roi.cpa_minor); }, true},
    {"currency", [](const RoiRow& row) -> core::Cell { return row.currency; }, true},
    {"click_orders", [](const RoiRow& row) -> core::Cell { return row.sums.click_orders; }, true},
    {"conversion_rate_low_ppm",
     [](const RoiRow& row) { return cell_of(row.roi.conversion_rate_interval_ppm.low); }, true},
    {"conversion_rate_high_ppm",
     [](const RoiRow& row) { return cell_of(row.roi.conversion_rate_interval_ppm.high); }, true},
};

}  // namespace

std::span<const Column> roi_columns() {
  return columns;
}

boost::json::object row_json(const RoiRow& row) {
  boost::json::object json;
  for (const Column& column : columns)
    json[column.name] = json_of(column.cell(row));
  return json;
}

boost::json::object totals_json(const RoiRow& row) {
  boost::json::object json;
  for (const Column& column : columns)
    if (column.is_of_totals) json[column.name] = json_of(column.cell(row));
  return json;
}

std::string rows_csv(const std::vector<RoiRow>& rows) {
  std::string csv;
  std::vector<core::Cell> cells;
  for (const Column& column : columns)
    cells.emplace_back(std::string(column.name));
  core::append_csv_record(csv, cells);
  for (const RoiRow& row : rows) {
    cells.clear();
    for (const Column& column : columns)
      cells.push_back(column.cell(row));
    core::append_csv_record(csv, cells);
  }
  return csv;
}

}  // namespace fairlead::admin

// Codes as CSV: a brand's codes on their way out, and a shop's on their way in. One header line
// names the columns; what is written here is read back by the import. Reading is pure; functions
// with a Session run inside the caller's transaction.
//
// Columns: code, deal_id, discount_kind, rate_ppm, amount_minor, currency, starts_at, ends_at,
// uses_max, uses_per_customer_max, budget_minor, subtotal_min_minor, rules (every other condition,
// as JSON), enabled (a word for yes or no; empty = yes); and id, batch_id, created_at, which an
// import passes over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "codes/codes.hpp"

namespace fairlead::codes {

// What is wrong in a file, and where.
struct SheetProblem {
  std::size_t line = 0;  // from 1, where the record begins
  std::string column;    // "" = the line as a whole
  std::string detail;    // names what would be right
};

struct CodeSheet {
  struct Row {
    std::size_t line = 0;
    NewCode code;
  };
  std::vector<Row> rows;
  std::vector<SheetProblem> problems;  // when there is one, no row may be taken
};

// `deal` is for rows whose deal_id is empty or missing; 0 = each must name its own. More than
// rows_max rows are a problem. A code may hold whatever folds to something (fold()).
CodeSheet read_code_sheet(std::istream& file, core::DealId deal, std::size_t rows_max);

// Makes every code of the sheet, or finds problems: a text that is taken, a deal that is not
// there. With problems the caller rolls back: all or nothing.
std::vector<SheetProblem> import_codes(storage::Session& session, core::BrandId brand,
                                       const CodeSheet& sheet, core::Instant now);

struct SheetFilter {
  core::DealId deal;    // none = all
  core::BatchId batch;  // none = all
  std::int64_t after = 0;
  std::int64_t last = INT64_MAX;
  std::int64_t rows_max = 1;
};
struct SheetPage {
  std::string csv;        // without a header line
  std::int64_t next = 0;  // `after` of the next page; 0 = this is the last one
};
std::string code_sheet_header();
SheetPage write_code_sheet(storage::Session& session, core::BrandId brand,
                           const SheetFilter& filter);

}  // namespace fairlead::codes

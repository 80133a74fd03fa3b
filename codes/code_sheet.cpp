#include "codes/code_sheet.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>

#include "codes/rules.hpp"
#include "codes/sql.hpp"
#include "codes/term_fields.hpp"
#include "core/csv.hpp"
#include "core/csv_reader.hpp"

namespace fairlead::codes {

namespace {

// Cells of the columns of list_code_rows.sql; empty for NULL.
template <std::size_t N>
core::Cell text_cell(const storage::Row& row) {
  if (row.text(N).empty()) return nullptr;
  return row.text(N);
}
template <std::size_t N>
core::Cell integer_cell(const storage::Row& row) {
  if (row.is_null(N)) return nullptr;
  return row.integer(N);
}
template <std::size_t N>
core::Cell instant_cell(const storage::Row& row) {
  if (row.is_null(N)) return nullptr;
  return core::format_instant(row.instant(N));
}
template <std::size_t N, class AnyId>
core::Cell id_cell(const storage::Row& row) {
  if (row.is_null(N)) return nullptr;
  return row.id<AnyId>(N).text();
}
// Only a fixed amount has a currency of its own.
core::Cell currency_cell(const storage::Row& row) {
  if (row.text(3) != name_of(DiscountKind::fixed)) return nullptr;
  return row.text(6);
}
core::Cell enabled_cell(const storage::Row& row) {
  return std::string(row.integer(13) != 0 ? "true" : "false");
}

// One column of the sheet: where it stands in the body of POST /v1/codes, whose reader judges it,
// and what it is written from.
struct Column {
  std::string_view name;
  enum class Place { code, top, discount, limits, rules, passed_over } place;
  std::string_view field;
  core::Cell (*cell)(const storage::Row& row);
  enum class Type { text, integer, boolean } type = Type::text;
};
constexpr Column columns[] = {
    {"code", Column::Place::code, "code", text_cell<1>},
    {"deal_id", Column::Place::top, "deal_id", id_cell<2, core::DealId>},
    {"discount_kind", Column::Place::discount, "kind", text_cell<3>},
    {"rate_ppm", Column::Place::discount, "rate_ppm", integer_cell<4>, Column::Type::integer},
    {"amount_minor", Column::Place::discount, "amount_minor", integer_cell<5>,
     Column::Type::integer},
    {"currency", Column::Place::discount, "currency", currency_cell},
    {"starts_at", Column::Place::top, "starts_at", instant_cell<7>},
    {"ends_at", Column::Place::top, "ends_at", instant_cell<8>},
    {"uses_max", Column::Place::limits, "uses_max", integer_cell<9>, Column::Type::integer},
    {"uses_per_customer_max", Column::Place::limits, "uses_per_customer_max", integer_cell<10>,
     Column::Type::integer},
    {"budget_minor", Column::Place::limits, "budget_minor", integer_cell<11>,
     Column::Type::integer},
    {"subtotal_min_minor", Column::Place::limits, "subtotal_min_minor", integer_cell<12>,
     Column::Type::integer},
    {"rules", Column::Place::rules, "rules", text_cell<16>},
    {"id", Column::Place::passed_over, "", id_cell<0, core::CodeId>},
    {"enabled", Column::Place::top, "enabled", enabled_cell, Column::Type::boolean},
    {"batch_id", Column::Place::passed_over, "", id_cell<14, core::BatchId>},
    {"created_at", Column::Place::passed_over, "", instant_cell<15>}};

// As spreadsheets and people write it, in upper or lower case, with blanks around it.
std::optional<bool> boolean_of(std::string_view text) {
  const auto word = fold(text);
  for (const std::string_view yes : {"TRUE", "YES", "ON", "1"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no : {"FALSE", "NO", "OFF", "0"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

// A text that the export defused comes back as it was.
std::string_view without_defusing(std::string_view text) {
  const bool is_defused = text.starts_with('\'') && core::reads_as_formula(text.substr(1));
  return is_defused ? text.substr(1) : text;
}

class SheetReader {
 public:
  SheetReader(std::istream& file, core::DealId deal, std::size_t rows_max)
      : reader_(file), deal_(deal), rows_max_(rows_max) {}

  CodeSheet read() {
    core::CsvRecord record;
    if (!next(record)) {
      if (sheet_.problems.empty())
        refuse(1, "", "a header line with the names of the columns is needed");
      return std::move(sheet_);
    }
    read_header(record);
    if (!sheet_.problems.empty()) return std::move(sheet_);
    while (next(record)) {
      if (sheet_.rows.size() == rows_max_) {
        refuse(record.line, "",
               "a file may have at most " + std::to_string(rows_max_) + " codes; part it");
        break;
      }
      read_row(record);
    }
    if (sheet_.rows.empty() && sheet_.problems.empty())
      refuse(1, "", "there is no code behind the header line");
    return std::move(sheet_);
  }

 private:
  void refuse(std::size_t line, std::string_view column, std::string detail) {
    sheet_.problems.push_back({line, std::string(column), std::move(detail)});
  }

  // False at the end, and where nobody can read on.
  bool next(core::CsvRecord& record) {
    const auto more = reader_.next(record);
    if (more) return *more;
    // "line 7: a quoted field has no closing quote"
    const std::string& detail = more.error().detail;
    std::size_t line = 0;
    std::from_chars(detail.data() + std::string_view("line ").size(), detail.data() + detail.size(),
                    line);
    refuse(line, "", detail.substr(detail.find(": ") + 2));
    return false;
  }

  void read_header(const core::CsvRecord& record) {
    for (const auto& name : record.fields) {
      const auto* column = std::find_if(std::begin(columns), std::end(columns),
                                        [&](const Column& known) { return known.name == name; });
      if (column == std::end(columns)) {
        std::string names;
        for (const auto& known : columns)
          names += (names.empty() ? "" : ", ") + std::string(known.name);
        refuse(record.line, name, "there is no such column; there are " + names);
        continue;
      }
      if (std::find(columns_.begin(), columns_.end(), column) != columns_.end())
        refuse(record.line, name, "the column is there twice");
      columns_.push_back(column);
    }
    for (const std::string_view needed : {"code", "discount_kind"}) {
      const bool is_there =
          std::any_of(columns_.begin(), columns_.end(),
                      [&](const Column* column) { return column->name == needed; });
      if (!is_there) refuse(record.line, needed, "the column is needed");
    }
  }

  void read_row(const core::CsvRecord& record) {
    if (record.fields.size() != columns_.size()) {
      refuse(record.line, "",
             "the line has " + std::to_string(record.fields.size()) +
                 " fields and the header has " + std::to_string(columns_.size()));
      return;
    }
    const auto body = body_of(record);
    std::vector<net::FieldError> errors;
    net::Fields fields(body, "", errors);
    CodeSheet::Row row{.line = record.line, .code = read_code_terms(fields)};
    fields.refuse_unknown();
    for (const auto& error : errors)
      refuse(record.line, column_of(error.pointer), error.detail);
    row.code.origin = CodeOrigin::imported;
    row.code.text = code_;
    check_text(row);
    sheet_.rows.push_back(std::move(row));
  }

  void check_text(const CodeSheet::Row& row) {
    const auto folded = fold(row.code.text);
    if (folded.empty()) {
      refuse(row.line, "code",
             "code must be 1 to 255 bytes of UTF-8 without characters that cannot be seen");
    } else if (!seen_.insert(folded).second) {
      refuse(row.line, "code", "the code " + folded + " is in the file twice");
    }
  }

  // The row as the body of POST /v1/codes, but for the code's text, which goes to code_.
  boost::json::object body_of(const core::CsvRecord& record) {
    boost::json::object body;
    boost::json::object discount;
    boost::json::object limits;
    std::string_view rules;
    code_.clear();
    if (deal_) body["deal_id"] = deal_.text();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto& column = *columns_[i];
      const std::string_view text = without_defusing(record.fields[i]);
      if (text.empty()) continue;
      switch (column.place) {
        case Column::Place::code:
          code_ = text;
          break;
        case Column::Place::top:
          body[column.field] = column.type == Column::Type::boolean
                                   ? boolean_in(record.line, column, text)
                                   : boost::json::value(text);
          break;
        case Column::Place::discount:
          discount[column.field] = value_of(column, text);
          break;
        case Column::Place::limits:
          limits[column.field] = value_of(column, text);
          break;
        case Column::Place::rules:
          rules = text;
          break;
        case Column::Place::passed_over:
          break;
      }
    }
    body["discount"] = std::move(discount);
    if (!limits.empty()) body["limits"] = std::move(limits);
    add_rules(record.line, rules, body);
    return body;
  }

  // The conditions that have no column of their own, as JSON: fields of the body, laid over it. A
  // field that has one is refused, so that a line does not say two things.
  void add_rules(std::size_t line, std::string_view text, boost::json::object& body) {
    if (text.empty()) return;
    const auto parsed = net::parse_json(text);
    if (!parsed || !parsed->is_object()) {
      refuse(line, "rules",
             "rules must be a JSON object, such as {\"stacking\":{\"group\":\"a\"}}");
      return;
    }
    for (const auto& [name, value] : parsed->get_object()) {
      refuse_columns(line, name, value);
      auto* part = body.if_contains(name);
      if (!part || !part->is_object() || !value.is_object()) {
        body[name] = value;
        continue;
      }
      for (const auto& [field, inner] : value.get_object())
        part->get_object()[field] = inner;
    }
  }

  void refuse_columns(std::size_t line, std::string_view name, const boost::json::value& value) {
    const auto refuse_column = [&](Column::Place place, std::string_view field) {
      for (const auto& column : columns) {
        if (column.place == place && column.field == field)
          refuse(line, "rules",
                 std::string(field) + " has a column of its own, " + std::string(column.name));
      }
    };
    refuse_column(Column::Place::top, name);
    refuse_column(Column::Place::code, name);
    if (!value.is_object()) return;
    for (const auto& [field, inner] : value.get_object()) {
      if (name == "discount") refuse_column(Column::Place::discount, field);
      if (name == "limits") refuse_column(Column::Place::limits, field);
    }
  }

  // null, which is as good as absent, for blanks.
  boost::json::value boolean_in(std::size_t line, const Column& column, std::string_view text) {
    if (written(text).empty()) return nullptr;
    const auto value = boolean_of(text);
    if (value) return *value;
    refuse(line, column.name,
           std::string(column.name) + " must be true, false, yes, no, on, off, 1 or 0, or empty");
    return nullptr;
  }

  // What is no whole number stays a text, and the reader of the field says what it must be.
  static boost::json::value value_of(const Column& column, std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    if (column.type == Column::Type::integer && is_number) return number;
    return boost::json::string(text);
  }

  // "/discount/rate_ppm" is the column rate_ppm.
  static std::string_view column_of(std::string_view pointer) {
    const auto field = pointer.substr(pointer.rfind('/') + 1);
    for (const auto& column : columns) {
      if (!field.empty() && column.field == field) return column.name;
    }
    return field == "discount" ? "discount_kind" : "";
  }

  core::CsvReader reader_;
  const core::DealId deal_;
  const std::size_t rows_max_;
  std::vector<const Column*> columns_;  // of the file, in its order
  std::string code_;                    // of the row
  std::set<std::string> seen_;          // folded
  CodeSheet sheet_;
};

}  // namespace

CodeSheet read_code_sheet(std::istream& file, core::DealId deal, std::size_t rows_max) {
  return SheetReader(file, deal, rows_max).read();
}

std::vector<SheetProblem> import_codes(storage::Session& session, core::BrandId brand,
                                       const CodeSheet& sheet, core::Instant now) {
  std::vector<SheetProblem> problems;
  for (const auto& row : sheet.rows) {
    const auto made = create_code(session, brand, row.code, now);
    if (made) continue;
    if (made.error().code == core::Errc::conflict) {
      problems.push_back({row.line, "code",
                          "the code " + fold(row.code.text) +
                              " exists already; upper and lower case are the same, and an "
                              "archived code keeps its text"});
    } else if (made.error().code == core::Errc::not_found) {
      problems.push_back({row.line, "deal_id", "there is no such deal"});
    } else {
      problems.push_back({row.line, "", made.error().detail});
    }
  }
  return problems;
}

std::string code_sheet_header() {
  std::vector<core::Cell> cells;
  for (const auto& column : columns)
    cells.emplace_back(std::string(column.name));
  std::string csv;
  core::append_csv_record(csv, cells);
  return csv;
}

SheetPage write_code_sheet(storage::Session& session, core::BrandId brand,
                           const SheetFilter& filter) {
  SheetPage page;
  const auto rows = session.run(sql::list_code_rows, brand, filter.after, filter.last, filter.deal,
                                filter.batch, filter.rows_max);
  for (const auto& row : rows) {
    std::vector<core::Cell> cells;
    for (const auto& column : columns)
      cells.push_back(column.cell(row));
    core::append_csv_record(page.csv, cells);
  }
  if (static_cast<std::int64_t>(rows.size()) == filter.rows_max)
    page.next = rows.rows.back().integer(0);
  return page;
}

}  // namespace fairlead::codes

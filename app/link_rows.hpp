// The rows of a CSV file of links, one after the other, as links of a deal. One thread.
#pragma once

#include <fstream>
#include <istream>
#include <string>

#include "app/commands.hpp"
#include "app/link_sheet.hpp"
#include "core/csv_reader.hpp"
#include "core/result.hpp"
#include "redirect/import_link.hpp"

namespace fairlead::app {

// A file of rows; Errc::config says why it cannot be read.
core::Result<std::ifstream> open_rows(const std::string& path);

class LinkRows {
 public:
  // Reads the header line. `file` must outlive it. Errc::config names the flag that is wrong;
  // Errc::invalid: no such sheet.
  static core::Result<LinkRows> begin(std::istream& file, const ImportRequest& request);
  SheetFormat format() const { return sheet_.format(); }

  struct Line {
    std::size_t number = 0;
    SheetRow row;
    std::string why;  // the row cannot be read; "" = it can
  };
  // False at the end. An error: what is behind it cannot be read.
  core::Result<bool> next(Line& line);
  // The link a row asks for; Errc::invalid names the column.
  core::Result<redirect::ImportedLink> link_of(const SheetRow& row,
                                               std::string_view default_domain) const;

 private:
  LinkRows(core::CsvReader reader, LinkSheet sheet, core::DealId deal)
      : reader_(std::move(reader)), sheet_(std::move(sheet)), deal_(deal) {}

  core::CsvReader reader_;
  LinkSheet sheet_;
  core::DealId deal_;  // 0: each row names its own
};

}  // namespace fairlead::app

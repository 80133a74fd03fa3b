// Reads CSV as RFC 4180 has it and as programs write it: quotes, commas and line ends inside
// quotes, CRLF or LF, a byte order mark, and ';' or a tab where the first line has more of them
// than commas. One record at a time, so a file of any size takes the memory of its longest record.
// One thread.
#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace fairlead::core {

struct CsvRecord {
  std::size_t line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
};

class CsvReader {
 public:
  static constexpr std::size_t record_bytes_max = 256 * 1024;

  // `in` must outlive it.
  explicit CsvReader(std::istream& in) : in_(in) {}

  // False at the end of the file. Empty lines are skipped. Errc::invalid says what is wrong and in
  // which line; there is no way to go on behind it, because nobody knows where a record begins.
  Result<bool> next(CsvRecord& record);

 private:
  // What stands behind a field.
  enum class End { field, record };
  bool read_line();
  // Whether text_ is only the first part of a line that is longer than a record may be.
  bool is_cut() const { return text_.size() > record_bytes_max && !text_.ends_with('\n'); }
  Result<End> read_field(std::string& field);
  Result<End> read_quoted(std::string& field);

  std::istream& in_;
  char separator_ = '\0';  // found in the first line
  std::size_t line_ = 0;   // the number of text_
  std::string text_;       // one line with its LF
  std::size_t at_ = 0;
  std::size_t record_bytes_ = 0;
};

}  // namespace fairlead::core

#include "core/csv_reader.hpp"

#include <algorithm>

namespace fairlead::core {

namespace {

Error refuse(std::size_t line, std::string why) {
  return fail(Errc::invalid, "line " + std::to_string(line) + ": " + std::move(why));
}

Error too_long(std::size_t line) {
  return refuse(line, "a record may have at most 262144 bytes");
}

// What separates fields: the one of them that the header has most of.
char separator_of(const std::string& header) {
  char best = ',';
  for (const char candidate : {';', '\t'})
    if (std::count(header.begin(), header.end(), candidate) >
        std::count(header.begin(), header.end(), best))
      best = candidate;
  return best;
}

}  // namespace

Result<bool> CsvReader::next(CsvRecord& record) {
  record.fields.clear();
  record_bytes_ = 0;
  do {
    if (at_ >= text_.size() && !read_line()) return false;
    if (text_ == "\n" || text_ == "\r\n") at_ = text_.size();
  } while (at_ >= text_.size());
  record.line = line_;
  for (;;) {
    record.fields.emplace_back();
    const auto end = read_field(record.fields.back());
    if (!end) return end.error();
    if (*end != End::field) return true;
  }
}

// False at the end of the file.
bool CsvReader::read_line() {
  text_.clear();
  at_ = 0;
  std::streambuf& bytes = *in_.rdbuf();
  for (int c = bytes.sbumpc(); c != std::istream::traits_type::eof(); c = bytes.sbumpc()) {
    text_ += static_cast<char>(c);
    if (c == '\n' || text_.size() > record_bytes_max) break;
  }
  if (text_.empty()) return false;
  ++line_;
  if (line_ == 1) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    separator_ = separator_of(text_);
  }
  return true;
}

Result<CsvReader::End> CsvReader::read_field(std::string& field) {
  if (at_ < text_.size() && text_[at_] == '"') return read_quoted(field);
  const std::size_t end = std::min(text_.find(separator_, at_), text_.size());
  field.assign(text_, at_, end - at_);
  record_bytes_ += field.size();
  if (record_bytes_ > record_bytes_max) return too_long(line_);
  if (end < text_.size()) {
    at_ = end + 1;
    return End::field;
  }
  if (is_cut()) return too_long(line_);
  at_ = text_.size();
  if (field.ends_with('\n')) field.pop_back();
  if (field.ends_with('\r')) field.pop_back();
  return End::record;
}

Result<CsvReader::End> CsvReader::read_quoted(std::string& field) {
  const std::size_t began = line_;
  ++at_;
  for (;;) {
    if (at_ >= text_.size() && !read_line())
      return refuse(began, "a quoted field has no closing quote");
    const std::size_t quote = std::min(text_.find('"', at_), text_.size());
    field.append(text_, at_, quote - at_);
    record_bytes_ += quote - at_ + 1;
    if (record_bytes_ > record_bytes_max)
      return refuse(began, "a record may have at most 262144 bytes; is a closing quote missing?");
    at_ = quote;
    if (quote == text_.size()) continue;
    ++at_;
    if (at_ < text_.size() && text_[at_] == '"') {
      field += '"';
      ++at_;
      continue;
    }
    if (at_ < text_.size() && text_[at_] == separator_) {
      ++at_;
      return End::field;
    }
    if (is_cut() && at_ == text_.size()) return too_long(line_);
    const std::string_view rest = std::string_view(text_).substr(at_);
    at_ = text_.size();
    if (rest.empty() || rest == "\n" || rest == "\r\n") return End::record;
    return refuse(line_,
                  "behind a closing quote there must be a separator or the line's end; a "
                  "quote inside a quoted field is written twice");
  }
}

}  // namespace fairlead::core

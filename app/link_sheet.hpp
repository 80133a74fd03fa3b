// What the columns of a link shortener's CSV export mean. The format is told by the header line:
// each has names the others do not have. docs/import.md lists the columns and the versions they
// were taken from. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "redirect/utm.hpp"

namespace fairlead::app {

enum class SheetFormat : std::uint8_t { fairlead, yourls, shlink, dub, bitly };
std::string_view name_of(SheetFormat format);
// nullopt for "auto". Errc::config lists the names.
core::Result<std::optional<SheetFormat>> parse_sheet_format(std::string_view name);

// One row. Texts are as the file has them; "" = the column is absent or empty.
struct SheetRow {
  std::string slug;
  std::string domain;  // lower case; "" also for hosts that only their owner can serve, as bit.ly
  std::string destination;
  std::string deal;  // of fairlead's own export
  redirect::UtmValues utm;
  int status = 302;
  std::string title;
  std::string tags;
  std::string clicks;
  std::string rules;  // JSON, as redirect/rule_fields.hpp writes it
  std::optional<core::Instant> created_at;
  std::optional<core::Instant> expires_at;
  bool utm_locked = false;
  bool is_enabled = true;
  bool is_archived = false;
};

class LinkSheet {
 public:
  // `wanted` or what the header tells. Errc::invalid names the columns a header must have.
  static core::Result<LinkSheet> of_header(const std::vector<std::string>& header,
                                           std::optional<SheetFormat> wanted);
  SheetFormat format() const { return format_; }
  // Errc::invalid begins with the column's name as the file has it and says what would be right.
  core::Result<SheetRow> read(const std::vector<std::string>& fields) const;

 private:
  // What a column of any format holds.
  enum class Meaning : std::uint8_t {
    none,
    slug,
    short_url,         // domain and slug at once
    custom_short_url,  // the same, and it wins when it is not empty
    domain,
    destination,
    deal,
    title,
    tags,
    clicks,
    created,
    expires,
    status,
    rules,
    utm_source,
    utm_medium,
    utm_campaign,
    utm_term,
    utm_content,
    utm_locked,
    enabled,
    archived  // the flags come last
  };
  struct Known;
  struct Values;
  static const Known known_columns[];
  core::Result<void> check_texts(const std::vector<std::string>& fields) const;
  core::Result<void> read_typed(const Values& values, SheetRow& row) const;
  static Meaning meaning_of(SheetFormat format, std::string_view column);

  SheetFormat format_ = SheetFormat::fairlead;
  std::vector<std::string> names_;  // of the columns, as the file has them
  std::vector<Meaning> meanings_;   // of the columns
};

}  // namespace fairlead::app

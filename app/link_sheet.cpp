#include "app/link_sheet.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/csv.hpp"
#include "core/utf8.hpp"
#include "net/request.hpp"
#include "redirect/answers.hpp"

namespace fairlead::app {

namespace {

core::Error refuse(std::string why) {
  return core::fail(core::Errc::invalid, std::move(why));
}

// Names of columns are compared without case, blanks and signs: "Short link" is "shortlink".
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
    if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c + 32);
  }
  return plain;
}

// What tells a format: all columns of one of its lists are there. The first that fits decides.
struct Sign {
  SheetFormat format;
  std::array<std::string_view, 3> columns;  // "" = no further one
};
constexpr Sign signs[] = {
    {SheetFormat::fairlead, {"dealid", "slug", "destination"}},
    {SheetFormat::yourls, {"keyword", "url", ""}},
    {SheetFormat::yourls, {"source", "target", ""}},
    {SheetFormat::shlink, {"shorturl", "longurl", ""}},
    {SheetFormat::shlink, {"shortcode", "longurl", ""}},
    {SheetFormat::dub, {"shortlink", "destinationurl", ""}},
    {SheetFormat::dub, {"shortlink", "url", ""}},
    {SheetFormat::dub, {"key", "url", ""}},
    {SheetFormat::bitly, {"link", "longurl", ""}},
    {SheetFormat::bitly, {"link", "destinationurl", ""}},
    {SheetFormat::bitly, {"bitlink", "longurl", ""}},
    {SheetFormat::bitly, {"customlink", "destinationurl", ""}},
};

// Hosts of the shorteners themselves: their links cannot be served under them.
constexpr std::string_view foreign_hosts[] = {"bit.ly", "bitly.com", "j.mp",    "dub.sh",
                                              "dub.co", "dub.link",  "s.dub.co"};

// Domain and slug of "https://go.example/mia", "go.example/mia" or "/mia/".
void split_short_url(std::string_view url, SheetRow& row) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  const std::size_t slash = url.find('/');
  if (slash == std::string_view::npos) {
    row.slug = url;  // a bare slug
    return;
  }
  row.domain = url.substr(0, slash);
  std::string_view slug = url.substr(slash + 1);
  slug = slug.substr(0, slug.find_first_of("?#"));
  while (slug.ends_with('/'))
    slug.remove_suffix(1);
  row.slug = net::percent_decode(slug);
}

std::string domain_of(std::string_view text) {
  std::string domain(text.substr(0, text.find(':')));
  for (char& c : domain)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  const bool is_foreign = std::find(std::begin(foreign_hosts), std::end(foreign_hosts), domain) !=
                          std::end(foreign_hosts);
  return is_foreign ? std::string() : domain;
}

// RFC 3339, or "2026-03-02 09:15:00" and "2026-03-02", which mean UTC.
core::Result<core::Instant> read_time(std::string text) {
  if (text.size() == 10) text += "T00:00:00";
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  if (text.size() == 16) text += ":00";
  if (text.size() == 19) text += 'Z';
  return core::parse_instant(text);
}

core::Result<bool> read_flag(const std::string& text) {
  for (const std::string_view yes : {"true", "TRUE", "1", "yes"})
    if (text == yes) return true;
  for (const std::string_view no : {"false", "FALSE", "0", "no", ""})
    if (text == no) return false;
  return refuse("must be true or false");
}

// fairlead's own export puts a ' before what a spreadsheet would run; see core/csv.hpp.
std::string_view without_defusal(std::string_view text) {
  const bool is_defused = text.starts_with('\'') && core::reads_as_formula(text.substr(1));
  return is_defused ? text.substr(1) : text;
}

}  // namespace

std::string_view name_of(SheetFormat format) {
  switch (format) {
    case SheetFormat::fairlead:
      return "fairlead";
    case SheetFormat::yourls:
      return "yourls";
    case SheetFormat::shlink:
      return "shlink";
    case SheetFormat::dub:
      return "dub";
    case SheetFormat::bitly:
      return "bitly";
  }
  return "";
}

core::Result<std::optional<SheetFormat>> parse_sheet_format(std::string_view name) {
  if (name == "auto") return std::optional<SheetFormat>();
  for (const Sign& sign : signs)
    if (name == name_of(sign.format)) return std::optional(sign.format);
  return core::fail(core::Errc::config, "must be auto, yourls, shlink, dub, bitly or fairlead");
}

// The fields of a row by what they mean.
struct LinkSheet::Values {
  std::array<std::string, static_cast<std::size_t>(Meaning::archived) + 1> texts;
  std::string& at(Meaning meaning) { return texts[static_cast<std::size_t>(meaning)]; }
  const std::string& at(Meaning meaning) const { return texts[static_cast<std::size_t>(meaning)]; }
};

struct LinkSheet::Known {
  std::optional<SheetFormat> format;  // nullopt = in every format
  std::string_view column;
  Meaning meaning;
};

const LinkSheet::Known LinkSheet::known_columns[] = {
    {SheetFormat::yourls, "keyword", Meaning::slug},
    {SheetFormat::yourls, "source", Meaning::short_url},
    {SheetFormat::yourls, "target", Meaning::destination},
    {SheetFormat::yourls, "timestamp", Meaning::created},
    {SheetFormat::yourls, "hits", Meaning::clicks},
    {SheetFormat::shlink, "shortcode", Meaning::slug},
    {SheetFormat::shlink, "shorturl", Meaning::short_url},
    {SheetFormat::shlink, "visits", Meaning::clicks},
    {SheetFormat::shlink, "validuntil", Meaning::expires},
    {SheetFormat::dub, "key", Meaning::slug},
    {SheetFormat::dub, "shortlink", Meaning::short_url},
    {SheetFormat::dub, "expiresat", Meaning::expires},
    {SheetFormat::dub, "archived", Meaning::archived},
    {SheetFormat::bitly, "link", Meaning::short_url},
    {SheetFormat::bitly, "bitlink", Meaning::short_url},
    {SheetFormat::bitly, "customlink", Meaning::custom_short_url},
    {SheetFormat::bitly, "custombitlink", Meaning::custom_short_url},
    {SheetFormat::bitly, "custombitlinks", Meaning::custom_short_url},
    {SheetFormat::bitly, "engagements", Meaning::clicks},
    {SheetFormat::bitly, "totalclicks", Meaning::clicks},
    {SheetFormat::bitly, "archived", Meaning::archived},
    {SheetFormat::fairlead, "slug", Meaning::slug},
    {SheetFormat::fairlead, "destination", Meaning::destination},
    {SheetFormat::fairlead, "dealid", Meaning::deal},
    {SheetFormat::fairlead, "status", Meaning::status},
    {SheetFormat::fairlead, "rules", Meaning::rules},
    {SheetFormat::fairlead, "utmlocked", Meaning::utm_locked},
    {SheetFormat::fairlead, "isenabled", Meaning::enabled},
    {std::nullopt, "longurl", Meaning::destination},
    {std::nullopt, "destinationurl", Meaning::destination},
    {std::nullopt, "domain", Meaning::domain},
    {std::nullopt, "title", Meaning::title},
    {std::nullopt, "tags", Meaning::tags},
    {std::nullopt, "clicks", Meaning::clicks},
    {std::nullopt, "created", Meaning::created},
    {std::nullopt, "createdat", Meaning::created},
    {std::nullopt, "createddate", Meaning::created},
    {std::nullopt, "datecreated", Meaning::created},
    {std::nullopt, "utmsource", Meaning::utm_source},
    {std::nullopt, "utmmedium", Meaning::utm_medium},
    {std::nullopt, "utmcampaign", Meaning::utm_campaign},
    {std::nullopt, "utmterm", Meaning::utm_term},
    {std::nullopt, "utmcontent", Meaning::utm_content},
};

LinkSheet::Meaning LinkSheet::meaning_of(SheetFormat format, std::string_view column) {
  // In fairlead's own export `url` is what is shared, and follows from the slug.
  if (column == "url" && format != SheetFormat::fairlead) return Meaning::destination;
  for (const Known& known : known_columns)
    if (known.column == column && (!known.format || *known.format == format)) return known.meaning;
  return Meaning::none;
}

core::Result<LinkSheet> LinkSheet::of_header(const std::vector<std::string>& header,
                                             std::optional<SheetFormat> wanted) {
  std::vector<std::string> plain;
  for (const std::string& name : header)
    plain.push_back(plain_name(name));
  const auto has = [&](std::string_view name) {
    return name.empty() || std::find(plain.begin(), plain.end(), name) != plain.end();
  };
  for (const Sign& sign : signs) {
    if (wanted && *wanted != sign.format) continue;
    if (!std::all_of(sign.columns.begin(), sign.columns.end(), has)) continue;
    LinkSheet sheet;
    sheet.format_ = sign.format;
    sheet.names_ = header;
    for (const std::string& name : plain)
      sheet.meanings_.push_back(meaning_of(sign.format, name));
    return sheet;
  }
  std::string expected;
  for (const Sign& sign : signs) {
    if (wanted && *wanted != sign.format) continue;
    expected += (expected.empty() ? "" : "; ") + std::string(name_of(sign.format)) + ":";
    for (const std::string_view column : sign.columns)
      if (!column.empty()) expected += " " + std::string(column);
  }
  return refuse("the first line must name the columns, at least those of one row here: " +
                expected);
}

core::Result<SheetRow> LinkSheet::read(const std::vector<std::string>& fields) const {
  if (fields.size() != meanings_.size())
    return refuse("the row has " + std::to_string(fields.size()) + " fields and the header " +
                  std::to_string(meanings_.size()));
  if (auto good = check_texts(fields); !good) return good.error();
  Values values;
  for (std::size_t i = 0; i < fields.size(); ++i)
    values.at(meanings_[i]) =
        format_ == SheetFormat::fairlead ? std::string(without_defusal(fields[i])) : fields[i];
  SheetRow row;
  split_short_url(values.at(Meaning::short_url), row);
  std::string& custom = values.at(Meaning::custom_short_url);
  custom.resize(std::min(custom.size(), custom.find_first_of(",|; ")));
  if (!custom.empty()) split_short_url(custom, row);
  if (!values.at(Meaning::slug).empty()) row.slug = values.at(Meaning::slug);
  if (!values.at(Meaning::domain).empty()) row.domain = values.at(Meaning::domain);
  row.domain = domain_of(row.domain);
  row.destination = values.at(Meaning::destination);
  row.deal = values.at(Meaning::deal);
  row.title = values.at(Meaning::title);
  row.tags = values.at(Meaning::tags);
  row.clicks = values.at(Meaning::clicks);
  row.rules = values.at(Meaning::rules);
  for (std::size_t i = 0; i < row.utm.size(); ++i)
    row.utm[i] = values.texts[static_cast<std::size_t>(Meaning::utm_source) + i];
  if (row.slug.empty()) return refuse("the slug is empty");
  if (row.destination.empty()) return refuse("the destination is empty");
  if (auto read = read_typed(values, row); !read) return read.error();
  return row;
}

// A database takes no other text, and would refuse the good rows of the transaction with it.
core::Result<void> LinkSheet::check_texts(const std::vector<std::string>& fields) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!core::is_utf8(fields[i]))
      return refuse(names_[i] + " is not UTF-8; save the file in that encoding");
    if (fields[i].find('\0') != std::string::npos)
      return refuse(names_[i] + " must not have a NUL byte");
  }
  return {};
}

// What is more than text.
core::Result<void> LinkSheet::read_typed(const Values& values, SheetRow& row) const {
  for (std::size_t i = 0; i < meanings_.size(); ++i) {
    const std::string& text = values.at(meanings_[i]);
    if (text.empty()) continue;
    if (meanings_[i] == Meaning::created || meanings_[i] == Meaning::expires) {
      const auto at = read_time(text);
      if (!at)
        return refuse(names_[i] +
                      " must be a time such as 2026-03-02T09:15:00Z or 2026-03-02 09:15:00, not " +
                      text);
      (meanings_[i] == Meaning::created ? row.created_at : row.expires_at) = *at;
    }
    if (meanings_[i] == Meaning::status) {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), row.status);
      if (error != std::errc{} || end != text.data() + text.size() ||
          !redirect::is_redirect_status(row.status))
        return refuse(names_[i] + " must be 301, 302, 303, 307 or 308, not " + text);
    }
    const bool is_flag = meanings_[i] >= Meaning::utm_locked;
    if (!is_flag) continue;
    const auto flag = read_flag(text);
    if (!flag) return refuse(names_[i] + " " + flag.error().detail);
    if (meanings_[i] == Meaning::utm_locked) row.utm_locked = *flag;
    if (meanings_[i] == Meaning::enabled) row.is_enabled = *flag;
    if (meanings_[i] == Meaning::archived) row.is_archived = *flag;
  }
  return {};
}

}  // namespace fairlead::app

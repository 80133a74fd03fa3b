// The formats that are told by their header, and what each column becomes.
#include "app/link_sheet.hpp"

#include <gtest/gtest.h>

namespace fairlead::app {
namespace {

using Fields = std::vector<std::string>;

LinkSheet sheet_of(const Fields& header) {
  return LinkSheet::of_header(header, std::nullopt).value();
}
// "domain/slug -> destination".
std::string told(const LinkSheet& sheet, const Fields& fields) {
  const auto row = sheet.read(fields);
  if (!row) return row.error().detail;
  return row->domain + "/" + row->slug + " -> " + row->destination;
}

TEST(LinkSheet, Yourls) {
  const auto table = sheet_of({"keyword", "url", "title", "timestamp", "ip", "clicks"});
  EXPECT_EQ(name_of(table.format()), "yourls");
  const auto row = table.read(
      {"mia", "https://shop.example/a", "A lamp", "2024-03-01 10:20:30", "192.0.2.7", "31"});
  ASSERT_TRUE(row) << row.error().detail;
  EXPECT_EQ(row->slug, "mia");
  EXPECT_EQ(row->domain, "");
  EXPECT_EQ(row->destination, "https://shop.example/a");
  EXPECT_EQ(row->title, "A lamp");
  EXPECT_EQ(row->clicks, "31");
  EXPECT_EQ(core::format_instant(*row->created_at), "2024-03-01T10:20:30Z");
  const auto plugin = sheet_of({"source", "target", "hits"});
  EXPECT_EQ(name_of(plugin.format()), "yourls");
  EXPECT_EQ(told(plugin, {"/mia/", "https://shop.example/a", "3"}),
            "/mia -> https://shop.example/a");
}

TEST(LinkSheet, Shlink) {
  const auto sheet = sheet_of(
      {"createdAt", "domain", "shortCode", "shortUrl", "longUrl", "title", "tags", "visits"});
  EXPECT_EQ(name_of(sheet.format()), "shlink");
  const Fields fields = {"2023-05-06T07:08:09+02:00",
                         "S.Brand.example",
                         "mia",
                         "https://s.brand.example/mia",
                         "https://shop.example/a",
                         "",
                         "a|b",
                         "12"};
  EXPECT_EQ(told(sheet, fields), "s.brand.example/mia -> https://shop.example/a");
  EXPECT_EQ(core::format_instant(*sheet.read(fields)->created_at), "2023-05-06T05:08:09Z");
  EXPECT_EQ(sheet.read(fields)->tags, "a|b");
  EXPECT_EQ(told(sheet_of({"shortUrl", "longUrl"}),
                 {"https://s.brand.example/x%2By/", "https://shop.example/a"}),
            "s.brand.example/x+y -> https://shop.example/a")
      << "an older web client, which has no shortCode";
}

TEST(LinkSheet, Dub) {
  const auto sheet =
      sheet_of({"Short link", "Destination URL", "Clicks", "Created at", "UTM source", "Tags"});
  EXPECT_EQ(name_of(sheet.format()), "dub");
  const auto row = sheet.read({"https://dub.sh/mia", "https://shop.example/a", "4",
                               "2024-01-02T03:04:05.678Z", "newsletter", "x, y"});
  ASSERT_TRUE(row) << row.error().detail;
  EXPECT_EQ(row->slug, "mia");
  EXPECT_EQ(row->domain, "") << "dub.sh is served by its owner only";
  EXPECT_EQ(row->utm[0], "newsletter");
  const auto api = sheet_of({"domain", "key", "url", "archived", "expiresAt"});
  EXPECT_EQ(told(api, {"go.brand.example", "mia", "https://shop.example/a", "false", ""}),
            "go.brand.example/mia -> https://shop.example/a");
  const auto ended = api.read({"", "mia", "https://shop.example/a", "true", "2025-01-01"});
  EXPECT_TRUE(ended->is_archived);
  EXPECT_EQ(core::format_instant(*ended->expires_at), "2025-01-01T00:00:00Z");
  EXPECT_EQ(told(api, {"", "mia", "https://shop.example/a", "perhaps", ""}),
            "archived must be true or false");
}

TEST(LinkSheet, Bitly) {
  const auto sheet = sheet_of({"Link", "Custom Link", "Destination URL", "Title", "Date created"});
  EXPECT_EQ(name_of(sheet.format()), "bitly");
  EXPECT_EQ(told(sheet, {"https://bit.ly/3abcDEF", "", "https://shop.example/a", "", ""}),
            "/3abcDEF -> https://shop.example/a");
  EXPECT_EQ(told(sheet, {"https://bit.ly/3abcDEF", "https://go.brand.example/mia",
                         "https://shop.example/a", "", ""}),
            "go.brand.example/mia -> https://shop.example/a")
      << "the custom back-half wins";
  EXPECT_EQ(name_of(sheet_of({"bitlink", "long_url", "title"}).format()), "bitly");
  EXPECT_EQ(name_of(sheet_of({"link", "long_url", "created_at"}).format()), "bitly");
}

TEST(LinkSheet, OwnExportUndoesTheDefusal) {
  const auto sheet = sheet_of({"id", "deal_id", "slug", "destination", "is_enabled", "url"});
  EXPECT_EQ(name_of(sheet.format()), "fairlead");
  const auto row = sheet.read(
      {"lnk_x", "deal_x", "'-sale", "https://shop.example/a", "false", "https://go.example/-sale"});
  ASSERT_TRUE(row) << row.error().detail;
  EXPECT_EQ(row->slug, "-sale");
  EXPECT_EQ(row->destination, "https://shop.example/a") << "and not the url that is shared";
  EXPECT_EQ(row->deal, "deal_x");
  EXPECT_FALSE(row->is_enabled);
  const auto titled = sheet_of({"deal_id", "slug", "destination", "title"});
  const auto title = [&](const std::string& text) {
    return titled.read({"deal_x", "mia", "https://shop.example/a", text})->title;
  };
  EXPECT_EQ(title("''=1"), "'=1");
  EXPECT_EQ(title("'\xEF\xBC\x9D"), "\xEF\xBC\x9D") << "the full-width sign is one, too";
  EXPECT_EQ(title("'a"), "'a");
  EXPECT_EQ(title("'"), "'");
}

TEST(LinkSheet, RefusalsSayWhatWouldBeRight) {
  const auto none = LinkSheet::of_header({"name", "value"}, std::nullopt);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().detail.find("yourls: keyword url;"), std::string::npos)
      << none.error().detail;
  const auto other = LinkSheet::of_header({"keyword", "url"}, SheetFormat::dub);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().detail.find("yourls"), std::string::npos);
  EXPECT_FALSE(parse_sheet_format("tinyurl"));
  const auto sheet = sheet_of({"keyword", "url", "timestamp"});
  EXPECT_EQ(told(sheet, {"mia", "https://shop.example/"}), "the row has 2 fields and the header 3");
  EXPECT_EQ(told(sheet, {"", "https://shop.example/", ""}), "the slug is empty");
  EXPECT_EQ(told(sheet, {"mia", "", ""}), "the destination is empty");
  EXPECT_EQ(told(sheet, {"mia", "https://shop.example/caf\xE9", ""}),
            "url is not UTF-8; save the file in that encoding");
  EXPECT_EQ(told(sheet, {std::string("m\0a", 3), "https://shop.example/", ""}),
            "keyword must not have a NUL byte");
  const auto own = sheet_of({"deal_id", "slug", "destination", "status"});
  EXPECT_EQ(told(own, {"deal_x", "mia", "https://shop.example/", "3020"}),
            "status must be 301, 302, 303, 307 or 308, not 3020");
  EXPECT_EQ(told(own, {"deal_x", "mia", "https://shop.example/", "302 "}),
            "status must be 301, 302, 303, 307 or 308, not 302 ");
  EXPECT_TRUE(told(sheet, {"mia", "https://shop.example/", "yesterday"})
                  .starts_with("timestamp must be a time such as"));
}

}  // namespace
}  // namespace fairlead::app

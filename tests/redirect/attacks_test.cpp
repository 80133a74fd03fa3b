// Whatever is sent as slug, query or destination: no Location outside the brand's allowed domains,
// and no header beside the redirect's own.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "redirect/query.hpp"
#include "tests/redirect/running_redirect.hpp"
#include "tests/redirect/shop.hpp"

namespace fairlead::redirect {
namespace {

std::vector<std::string> attacks() {
  std::vector<std::string> all;
  std::ifstream file(std::string(FAIRLEAD_GOLDEN_DIR) + "/redirect/attacks.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with("# ")) continue;
    for (std::size_t at = line.find("TARGET"); at != std::string::npos; at = line.find("TARGET"))
      line.replace(at, 6, "evil.example");
    std::string once;
    std::string twice;
    append_encoded(once, line);
    append_encoded(twice, once);
    all.insert(all.end(), {line, once, twice});
  }
  return all;
}

class Attacks : public ::testing::Test {
 protected:
  Attacks()
      : database(storage::open({.url = "sqlite:" + directory.file("main.db")}).value()),
        shop(*database, "https://shop.example/oops"),
        clock(test::start_of_test) {}

  void expect_harmless(const test::Answered& answer, const std::string& what) {
    static const std::set<std::string> redirects = {"Location", "Cache-Control", "X-Robots-Tag",
                                                    "Content-Length", "Date"};
    static const std::set<std::string> pages = {
        "Content-Type",   "X-Content-Type-Options",  "Cache-Control", "X-Robots-Tag",
        "Content-Length", "Content-Security-Policy", "Date"};
    std::set<std::string> names;
    for (const auto& [name, value] : answer.headers)
      names.insert(name);
    if (answer.status != "302") {
      EXPECT_EQ(answer.status, "404") << what;
      EXPECT_EQ(names, pages) << what;
      return;
    }
    EXPECT_EQ(names, redirects) << what;
    EXPECT_EQ(answer.body, "") << what;
    const std::string& location = answer.headers.at("Location");
    EXPECT_TRUE(location.starts_with("https://shop.example/") ||
                location.starts_with("https://www.shop.example/"))
        << what << " leads to " << location;
    EXPECT_EQ(location.find_first_of("\r\n\t "), std::string::npos) << location;
    EXPECT_EQ(location.substr(0, location.find('?')).find('\\'), std::string::npos) << location;
  }

  test::TemporaryDirectory directory;
  std::unique_ptr<storage::Database> database;
  test::Shop shop;
  core::ManualClock clock;
};

TEST_F(Attacks, NoSlugOrQueryLeadsElsewhereOrAddsAHeader) {
  shop.add_link({.slug = "plain"});
  shop.add_link({.slug = "macros",
                 .destination = "https://shop.example/a/{sub1}/{sub2}{sub3}?q={sub4}#{sub5}"});
  test::RunningRedirect redirect(*database, clock);
  const auto all = attacks();
  ASSERT_GE(all.size(), 180u);
  for (const std::string& text : all) {
    expect_harmless(redirect.get("/" + text), "slug " + text);
    expect_harmless(redirect.get("/macros/" + text), "below " + text);
    expect_harmless(redirect.get("/plain", text), "query " + text);
    std::string query;
    for (const char* name :
         {"sub1", "sub2", "sub3", "sub4", "sub5", "utm_source", "fl_click", "url", "to", "next"})
      query.append(query.empty() ? "" : "&").append(name).append("=").append(text);
    expect_harmless(redirect.get("/macros", query), "values " + text);
    expect_harmless(redirect.get("/plain", "", text), "host " + text);
  }
}

TEST_F(Attacks, NoDestinationLeavesTheAllowedDomains) {
  const std::vector<std::string> allowed = {"shop.example"};
  std::vector<std::string> stored;
  for (const std::string& text : attacks())
    for (const std::string before : {"", "https:", "https://", "https://shop.example",
                                     "https://shop.example/", "https://www.shop.example/p?to="})
      if (const auto checked = check_destination(before + text, allowed))
        stored.push_back(*checked);
  EXPECT_GT(stored.size(), 100u) << "behind an allowed host, many are ordinary paths";
  const auto checked = database->transact([&](storage::Session& session) {
    for (std::size_t i = 0; i < stored.size(); ++i)
      create_link(
          session, test::Shop::brand,
          {.deal = test::Shop::deal, .slug = "d" + std::to_string(i), .destination = stored[i]},
          test::start_of_test)
          .value();
  });
  ASSERT_TRUE(checked);
  test::RunningRedirect redirect(*database, clock);
  for (std::size_t i = 0; i < stored.size(); ++i)
    expect_harmless(redirect.get("/d" + std::to_string(i), "sub1=//evil.example"), stored[i]);
}

}  // namespace
}  // namespace fairlead::redirect

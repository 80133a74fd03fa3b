// Newer files of countries and datacenters are taken up beside the served ones, on every thread.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "redirect/place_files.hpp"
#include "tests/redirect/country_file.hpp"
#include "tests/redirect/endless_clicks.hpp"
#include "tests/redirect/running_redirect.hpp"
#include "tests/redirect/shop.hpp"

namespace fairlead::redirect {
namespace {

using test::Shop;

const test::TestStatement select_flags("SELECT flags FROM clicks ORDER BY click_id");

// A link that leads to the page of the client's country: what is seen outside is what was read.
class ReloadPlaces : public testing::Test {
 protected:
  ReloadPlaces() : clock_(test::start_of_test) {
    put_country("DE");
    put_ranges("198.51.100.0/24\n");
    LinkRules rules;
    for (const char* country : {"DE", "FR"}) {
      RuleTarget target;
      target.when.countries = {country};
      target.destination = std::string("https://shop.example/") + country;
      rules.targets.push_back(std::move(target));
    }
    Shop(database_).add_link({.slug = "mia", .rules = rules});
  }

  // As one should: written beside it and renamed, because the old one is mapped into memory.
  void put(const std::string& file, const std::string& bytes) const {
    std::ofstream(file + ".new", std::ios::binary) << bytes;
    std::filesystem::rename(file + ".new", file);
  }
  void put_country(const std::string& name) const {
    put(countries_, test::CountryFile().add("203.0.113.0", 24, name).bytes());
  }
  void put_ranges(const std::string& lines) const { put(ranges_, lines); }
  Options options() const {
    Options options = test::every_click_counts();
    options.geo_database = countries_;
    options.datacenter_ranges = ranges_;
    return options;
  }
  static std::string page(test::RunningRedirect& redirect, std::size_t thread = 0) {
    const auto answer = redirect.get("/mia", "", "go.example", net::Method::get, thread);
    const std::string& location = answer.headers.at("Location");
    return location.substr(0, location.find('?'));
  }

  test::TemporaryDirectory directory_;
  const std::string countries_ = directory_.file("country.mmdb");
  const std::string ranges_ = directory_.file("ranges.txt");
  test::TestDatabase main_{storage::Engine::sqlite};
  storage::Database& database_ = *main_;
  core::ManualClock clock_;
};

TEST_F(ReloadPlaces, BothFilesAreReadAgainForEveryThread) {
  test::RunningRedirect redirect(database_, clock_, options());
  EXPECT_EQ(page(redirect), "https://shop.example/DE");
  put_country("FR");
  put_ranges("203.0.113.0/24\n");
  EXPECT_EQ(page(redirect), "https://shop.example/DE") << "not before it is told";
  ASSERT_TRUE(redirect->reload_places());
  for (std::size_t thread : {0u, 1u})
    EXPECT_EQ(page(redirect, thread), "https://shop.example/FR");
  const auto flags = redirect.read_clicks()->read(
      [](storage::Session& session) { return session.run(select_flags); });
  ASSERT_EQ(flags->size(), 4u);
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ((flags->rows[i].integer(0) & flag_datacenter) != 0, i >= 2) << i;
}

TEST_F(ReloadPlaces, AFileThatCannotBeUsedIsNamedAndChangesNothing) {
  test::RunningRedirect redirect(database_, clock_, options());
  const auto complaint = [&] {
    const auto reloaded = redirect->reload_places();
    EXPECT_EQ(reloaded.error().code, core::Errc::config);
    return reloaded.error().detail;
  };
  put(countries_, "no database at all");
  EXPECT_EQ(complaint().find("geo_database = " + countries_ + ": "), 0u);
  EXPECT_EQ(page(redirect), "https://shop.example/DE");
  std::filesystem::remove(countries_);
  EXPECT_EQ(complaint().find("geo_database = " + countries_ + ": "), 0u);
  EXPECT_EQ(page(redirect), "https://shop.example/DE") << "the mapped file is still there";
  put_country("FR");
  put_ranges("203.0.113.0/24\nnonsense\n");
  EXPECT_EQ(complaint().find("datacenter_ranges = " + ranges_ + ":2: \"nonsense\""), 0u);
  EXPECT_EQ(page(redirect), "https://shop.example/DE") << "one bad file keeps both";
  put_ranges("# nothing\n");
  ASSERT_TRUE(redirect->reload_places());
  EXPECT_EQ(page(redirect), "https://shop.example/FR");
}

TEST_F(ReloadPlaces, WithoutFilesThereIsNothingToReload) {
  test::RunningRedirect redirect(database_, clock_);
  ASSERT_TRUE(redirect->reload_places());
  EXPECT_EQ(page(redirect), "https://shop.example/landing");
}

TEST_F(ReloadPlaces, NewFilesArriveWhileClicksGoOn) {
  test::RunningRedirect redirect(database_, clock_, options());
  test::EndlessClicks clicks(redirect, [](std::string_view wire) {
    return wire.find("https://shop.example/DE") != std::string_view::npos ||
           wire.find("https://shop.example/FR") != std::string_view::npos;
  });
  for (int i = 0; i < 20; ++i) {
    const std::string country = i % 2 == 0 ? "FR" : "DE";
    put_country(country);
    EXPECT_TRUE(redirect->reload_places());
    for (std::size_t thread : {0u, 1u})  // on every thread as soon as reload_places() returns
      EXPECT_EQ(page(redirect, thread), "https://shop.example/" + country);
    put(countries_, "broken");
    EXPECT_FALSE(redirect->reload_places());
  }
  EXPECT_EQ(clicks.stop(), 0);
}

}  // namespace
}  // namespace fairlead::redirect

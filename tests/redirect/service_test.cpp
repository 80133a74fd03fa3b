// The redirect from request to stored click, and its links' snapshot.
#include <gtest/gtest.h>

#include <fstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include "redirect/decide.hpp"

#include "redirect/visitor.hpp"
#include "tests/redirect/endless_clicks.hpp"
#include "tests/redirect/running_redirect.hpp"
#include "tests/redirect/shop.hpp"

namespace fairlead::redirect {
namespace {

using test::Shop;

class Redirecting : public test::OnEveryEngine {
 public:
  Redirecting() : clock(test::start_of_test) {}
  core::ManualClock clock;
};
INSTANTIATE_ON_ENGINES(Redirecting);

const test::TestStatement select_clicks(
    "SELECT c.click_id, l.link_id, c.verdict, c.visitor, c.network, c.flags, "
    "  COALESCE((SELECT word FROM click_words WHERE word_id = p.device), ''), "
    "  COALESCE((SELECT word FROM click_words WHERE word_id = p.app), ''), "
    "  COALESCE((SELECT word FROM click_words WHERE word_id = c.referrer), ''), "
    "  COALESCE((SELECT word FROM click_words WHERE word_id = p.language), ''), "
    "  COALESCE((SELECT word FROM click_words WHERE word_id = c.utm), ''), "
    "  COALESCE((SELECT word FROM click_words WHERE word_id = c.subs), '') "
    "FROM clicks AS c JOIN click_links AS l ON l.number = c.link "
    "JOIN click_profiles AS p ON p.number = c.profile ORDER BY c.click_id");

storage::Rows stored_clicks(const test::RunningRedirect& redirect) {
  return redirect.read_clicks()
      ->read([](storage::Session& session) { return session.run(select_clicks); })
      .value();
}

std::string token_of(const std::string& location) {
  const std::size_t at = location.find("fl_click=");
  return at == std::string::npos ? "" : location.substr(at + 9, 36);
}

TEST_P(Redirecting, AnsweredRedirectIsARecordedClick) {
  Shop shop(database());
  const core::LinkId link = shop.add_link({.slug = "mia", .utm = {{"utm_source", "instagram"}}});
  test::RunningRedirect redirect(database(), clock);
  const test::Answered answer = redirect.get("/mia", "sub1=reel%2F1&utm_medium=Story+1");
  EXPECT_EQ(answer.status, "302");
  EXPECT_EQ(answer.headers.at("Cache-Control"), "private, no-store");
  EXPECT_EQ(answer.headers.at("X-Robots-Tag"), "noindex");
  EXPECT_EQ(answer.headers.at("Content-Length"), "0");
  EXPECT_EQ(answer.headers.at("Date"), "Mon, 02 Mar 2026 09:15:00 GMT");
  EXPECT_EQ(answer.headers.size(), 5u) << "no Connection header on a kept connection";
  EXPECT_EQ(answer.body, "");
  const std::string location = answer.headers.at("Location");
  EXPECT_TRUE(
      location.starts_with("https://shop.example/landing?utm_source=instagram&utm_campaign=summer&"
                           "sub1=reel%2F1&utm_medium=Story+1&fl_click="))
      << location;

  const storage::Rows clicks = stored_clicks(redirect);  // committed before the answer left
  ASSERT_EQ(clicks.size(), 1u);
  const storage::Row& click = clicks.one();
  const ClickFact fact = read_token(test::RunningRedirect::keys(), token_of(location)).value();
  EXPECT_EQ(fact.click.number, click.integer(0));
  EXPECT_EQ(fact.link, link);
  EXPECT_EQ(fact.at, clock.now());
  EXPECT_EQ(click.integer(1), link.number);
  EXPECT_EQ(click.integer(2), 0) << "an in-app browser is a person";
  EXPECT_FALSE(click.is_null(3));
  EXPECT_EQ(click.blob(4), std::string("\xcb\x00\x71", 3)) << "the /24 prefix and no more";
  EXPECT_EQ(click.text(6), "phone");
  EXPECT_EQ(click.text(7), "instagram");
  EXPECT_EQ(click.text(8), "l.instagram.com");
  EXPECT_EQ(click.text(9), "de");
  EXPECT_EQ(click.text(10), "utm_source=instagram&utm_medium=Story%201&utm_campaign=summer");
  EXPECT_EQ(click.text(11), "sub1=reel%2F1");
}

TEST_P(Redirecting, PrivacySignalsStoreNoVisitor) {
  Shop shop(database());
  shop.add_link({.slug = "mia"});
  test::RunningRedirect redirect(database(), clock);
  redirect.more_headers = {{"Sec-GPC", "1"}};
  redirect.get("/mia");
  const storage::Rows clicks = stored_clicks(redirect);
  EXPECT_TRUE(clicks.one().is_null(3));
  EXPECT_EQ(clicks.one().integer(5), 1);
}

TEST_P(Redirecting, ALocationThatWouldBeTooLongGoesWithoutWhatTheRequestBrought) {
  Shop shop(database());
  shop.add_link({.slug = "mia",
                 .destination = "https://shop.example/{slug}/a{sub1}{sub1}{sub1}?b={sub1}#c",
                 .utm = {{"utm_source", "own"}}});
  test::RunningRedirect redirect(database(), clock);
  const auto shortened = [&] {
    std::vector<core::Metric> metrics;
    redirect->collect(metrics);
    for (const core::Metric& metric : metrics)
      if (metric.name == "fairlead_redirects_shortened_total") return metric.value;
    return -1.0;
  };
  const auto location = [&](std::size_t bytes) {
    return redirect.get("/mia", "x=1&utm_source=mine&sub1=" + std::string(bytes, 'a'))
        .headers.at("Location");
  };
  const std::size_t rest = location(0).size();
  const std::size_t longest =
      (location_bytes_max - rest) / 5;  // four times by macro, once forwarded
  EXPECT_EQ(location(longest).size(), rest + 5 * longest);
  EXPECT_EQ(shortened(), 0);
  const std::string cut = location(longest + 1);
  EXPECT_TRUE(
      cut.starts_with("https://shop.example/mia/a?b=&utm_source=own&utm_campaign=summer&"
                      "fl_click="))
      << cut;
  EXPECT_TRUE(cut.ends_with("#c"));
  EXPECT_NE(token_of(cut), "");
  EXPECT_EQ(shortened(), 1);
  EXPECT_EQ(stored_clicks(redirect).size(), 3u) << "each is a click";
}

TEST_P(Redirecting, SlugsAreMatchedAsPeopleWriteThem) {
  Shop shop(database());
  for (const char* slug : {"mia", "Mia", "end_", "end-", "a.b~c"})
    shop.add_link({.slug = slug});
  shop.add_link(
      {.slug = "mia", .domain = "own.example", .destination = "https://shop.example/own"});
  test::RunningRedirect redirect(database(), clock);
  for (const char* path :
       {"/mia", "/mia/", "/Mia", "/end_", "/end-", "/%6dia", "/end%5F", "/a.b~c", "/a.b%7ec/"})
    EXPECT_EQ(redirect.get(path).status, "302") << path;
  for (const char* path : {"/MIA", "/mi", "/mia//", "/mia/x", "/mia%2F", "//mia", "/end", "/",
                           "/%00", "/%", "/mia%0d%0a"})
    EXPECT_EQ(redirect.get(path).status, "404") << path;
  const auto place = [&](std::string_view host) {
    return redirect.get("/mia", "", host).headers.at("Location").substr(0, 24);
  };
  EXPECT_EQ(place("own.example"), "https://shop.example/own");
  EXPECT_EQ(place("OWN.example."), "https://shop.example/own");
  EXPECT_EQ(place("go.example"), "https://shop.example/lan");
  EXPECT_EQ(place("stranger.example"), "https://shop.example/lan") << "the default domain";
  EXPECT_EQ(redirect.get("/end_", "", "own.example").status, "404") << "not on this domain";
}

TEST_P(Redirecting, HeadAnswersTheSameHeadAndOtherMethodsAreNotAllowed) {
  Shop shop(database());
  shop.add_link({.slug = "mia", .status = 308});
  test::RunningRedirect redirect(database(), clock);
  const auto head = redirect.get("/mia", "", "go.example", net::Method::head);
  EXPECT_EQ(head.status, "308");
  EXPECT_TRUE(head.headers.contains("Location"));
  const auto post = redirect.get("/mia", "", "go.example", net::Method::post);
  EXPECT_EQ(post.status, "405");
  EXPECT_EQ(post.headers.at("Allow"), "GET, HEAD");
  const auto missing = redirect.get("/none", "", "go.example", net::Method::head);
  EXPECT_EQ(missing.status, "404");
  EXPECT_EQ(missing.body, "");
  EXPECT_NE(missing.headers.at("Content-Length"), "0");
  const storage::Rows clicks = stored_clicks(redirect);
  ASSERT_EQ(clicks.size(), 1u) << "only redirects are clicks";
  EXPECT_EQ(clicks.one().integer(2), static_cast<int>(core::ClickVerdict::head));
}

TEST_P(Redirecting, UnknownDisabledArchivedAndStrayLinksAnswerAlike) {
  Shop shop(database(), "https://shop.example/oops");
  shop.add_link({.slug = "off"});
  shop.add_link({.slug = "old"});
  shop.add_link({.slug = "stray"});
  shop.add_link({.slug = "fine"});
  shop.run(test::TestStatement("UPDATE links SET is_enabled = 0 WHERE slug = 'off'"));
  shop.run(test::TestStatement("UPDATE links SET archived_at = 5 WHERE slug = 'old'"));
  shop.run(test::TestStatement(
      "UPDATE links SET destination = 'https://else.example/' WHERE slug = 'stray'"));
  test::RunningRedirect redirect(database(), clock);
  for (const char* path : {"/unknown", "/off", "/old", "/stray"}) {
    const auto answer = redirect.get(path);
    EXPECT_EQ(answer.status, "302") << path;
    EXPECT_EQ(answer.headers.at("Location"), "https://shop.example/oops") << path;
  }
  EXPECT_EQ(redirect.get("/").status, "404") << "no slug, no brand";
  EXPECT_TRUE(
      redirect.get("/fine").headers.at("Location").starts_with("https://shop.example/landing"));
  EXPECT_EQ(stored_clicks(redirect).size(), 1u);

  // The domain leaves the list: its links stop with the next load.
  shop.run(test::delete_domain, Shop::brand, "shop.example");
  ASSERT_TRUE(redirect->reload_links());
  EXPECT_EQ(redirect.get("/fine").headers.at("Location"), "https://shop.example/oops");
}

TEST_P(Redirecting, WithTwoBrandsAnUnknownSlugIsNobodys) {
  Shop shop(database(), "https://shop.example/oops");
  shop.add_brand({12}, "UTC", "", {23});
  test::RunningRedirect redirect(database(), clock);
  const auto answer = redirect.get("/unknown");
  EXPECT_EQ(answer.status, "404");
  EXPECT_EQ(answer.headers.at("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.headers.at("Cache-Control"), "no-store");
  EXPECT_EQ(answer.headers.at("X-Robots-Tag"), "noindex");
  EXPECT_EQ(answer.headers.at("Content-Length"), std::to_string(answer.body.size()));
}

TEST_P(Redirecting, NewTablesArriveWhileClicksGoOn) {
  Shop shop(database());
  shop.add_link({.slug = "mia"});
  test::RunningRedirect redirect(database(), clock);
  test::EndlessClicks clicks(
      redirect, [](std::string_view wire) { return wire.starts_with("HTTP/1.1 302"); });
  for (int i = 0; i < 10; ++i) {
    const std::string slug = "new" + std::to_string(i);
    shop.add_link({.slug = slug});
    ASSERT_TRUE(redirect->reload_links());
    for (std::size_t thread : {0u, 1u})  // on every thread as soon as reload_links() returns
      EXPECT_EQ(redirect.get("/" + slug, "", "go.example", net::Method::get, thread).status, "302");
  }
  EXPECT_EQ(clicks.stop(), 0);
}

TEST_P(Redirecting, RollupsEqualTheRecountAndVerifyNamesAPlantedDifference) {
  Shop shop(database());
  shop.add_link({.slug = "mia"});
  clock.set({1'772'492'100'000'000});  // 2026-03-02T22:55:00Z, five to midnight in Berlin
  std::string clicks_file;
  test::RunningRedirect redirect(database(), clock);
  for (int i = 0; i < 10; ++i) {
    redirect.get("/mia");
    clock.advance_seconds(60);
  }
  redirect.stop();
  const auto differences = [&] {
    return database()
        .read([&](storage::Session& main) {
          return redirect.read_clicks()
              ->read([&](storage::Session& clicks) { return verify(main, clicks); })
              .value();
        })
        .value();
  };
  EXPECT_TRUE(differences().empty());
  const auto write = [&](const char* text) {
    auto clicks = storage::open({.url = "sqlite:" + redirect.clicks_file(),
                                 .schema = storage::Schema::clicks})
                      .value();
    const test::TestStatement statement(text);
    clicks->transact([&](storage::Session& session) { session.run(statement); }).value();
  };
  write("UPDATE click_rollups SET clicks = clicks + 1 WHERE span = 2 AND start = 20514");
  auto found = differences();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].what.find("2026-03-02"), std::string::npos) << found[0].what;
  EXPECT_EQ(found[0].expected, "5 clicks, 0 without visitor");
  EXPECT_EQ(found[0].stored, "6 clicks, 0 without visitor");
  write("DELETE FROM click_rollups WHERE span = 2");
  found = differences();
  ASSERT_EQ(found.size(), 2u) << "both days are missing";
  EXPECT_EQ(found[1].stored, "missing");
}

TEST_P(Redirecting, PastClicksAreAppendedOnce) {
  Shop shop(database());
  const core::LinkId link = shop.add_link({.slug = "mia"});
  test::TemporaryDirectory directory;
  const std::string file = directory.file("clicks.db");
  std::vector<PastClick> past;
  for (int i = 0; i < 25'000; ++i)
    past.push_back({.click = {core::first_id_at(test::start_of_test) + i},
                    .brand = Shop::brand,
                    .link = link,
                    .app = "tiktok",
                    .country = "DE",
                    .device = "phone"});
  for (int round = 0; round < 2; ++round)
    ASSERT_TRUE(append_clicks(file, database(), past));
  const test::TestStatement sum("SELECT SUM(clicks) FROM click_rollups WHERE span = 2");
  auto clicks =
      storage::open_read_only({.url = "sqlite:" + file, .schema = storage::Schema::clicks}).value();
  EXPECT_EQ(
      clicks->read([&](storage::Session& session) { return session.run(sum).one().integer(0); })
          .value(),
      25'000);
  const auto refused =
      append_clicks(file, database(), {{.click = {1}, .brand = {999}, .link = link}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::Errc::not_found);
}

TEST_P(Redirecting, RepeatsAreRedirectedAndCountOnce) {
  Shop shop(database());
  shop.add_link({.slug = "mia"});
  test::RunningRedirect redirect(database(), clock, Options{});
  for (std::size_t thread : {0, 1, 1}) {
    EXPECT_EQ(redirect.get("/mia", "", "go.example", net::Method::get, thread).status, "302");
    clock.advance_seconds(4);
  }
  clock.advance_seconds(30);
  redirect.get("/mia");
  const test::TestStatement count("SELECT COUNT(*) FROM clicks WHERE verdict = $1");
  const auto clicks = redirect.read_clicks();
  const auto counted = [&](core::ClickVerdict verdict) {
    return clicks
        ->read([&](storage::Session& session) {
          return session.run(count, static_cast<int>(verdict)).one().integer(0);
        })
        .value();
  };
  EXPECT_EQ(counted(core::ClickVerdict::valid), 2);
  EXPECT_EQ(counted(core::ClickVerdict::duplicate), 2);
}

TEST_P(Redirecting, VisitorsAreKnownForADayAndTheSaltIsReplaced) {
  Shop shop(database());
  shop.add_link({.slug = "mia"});
  test::TemporaryDirectory directory;
  Options options = test::every_click_counts();
  options.salt_file = directory.file("salt");
  {
    test::RunningRedirect redirect(database(), clock, options);
    redirect.get("/mia");
    redirect.get("/mia", "", "go.example", net::Method::get, 1);
    clock.advance_seconds(86'400);
    redirect.get("/mia");
    const storage::Rows clicks = stored_clicks(redirect);
    ASSERT_EQ(clicks.size(), 3u);
    EXPECT_EQ(clicks.rows[0].integer(3), clicks.rows[1].integer(3)) << "the same on every thread";
    EXPECT_NE(clicks.rows[0].integer(3), clicks.rows[2].integer(3)) << "unknown the next day";
  }
  const auto status = std::filesystem::status(options.salt_file);
  EXPECT_EQ(status.permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(DailySalt, IsNeverReadFromOrWrittenToALinkSomebodyLaid) {
  test::TemporaryDirectory directory;
  const std::string theirs = directory.file("theirs");
  std::ofstream(theirs) << "20514 00112233445566778899aabbccddeeff\n";
  std::filesystem::create_symlink(theirs, directory.file("salt"));
  auto salt = DailySalt::open(directory.file("salt"), {20'514 * 86'400'000'000});
  ASSERT_FALSE(salt);
  EXPECT_NE(salt.error().detail.find("salt"), std::string::npos) << salt.error().detail;
}

}  // namespace
}  // namespace fairlead::redirect

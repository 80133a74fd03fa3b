// Which arm a click is in (pure), and what the arms of a link get and leave behind.
#include "redirect/holdout.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "redirect/holdout_runs.hpp"
#include "tests/redirect/link_api.hpp"
#include "tests/support/random.hpp"

namespace fairlead::redirect {
namespace {

using test::Shop;

const core::Instant start = test::start_of_test;

Holdout of_kind(Holdout::Kind kind, std::int64_t share_ppm) {
  Holdout holdout{.kind = kind, .share_ppm = share_ppm, .ends_at = start.plus_days(28)};
  holdout.starts_at = start;
  return holdout;
}

TEST(Holdout, HoldsOutTheShareOfVisitorsAndKeepsEachWhereItIs) {
  test::Random random;
  for (const std::int64_t share_ppm : {10'000, 100'000, 500'000, 900'000}) {
    const Holdout holdout = of_kind(Holdout::Kind::visitor, share_ppm);
    const HoldoutRun run{1, static_cast<std::uint64_t>(random.between(1, INT64_MAX))};
    constexpr std::int64_t visitors = 50'000;
    std::int64_t held_out = 0;
    for (std::int64_t i = 0; i < visitors; ++i) {
      // Numbers that follow each other, as the ids of cookies do.
      const Subject subject{start, static_cast<std::uint64_t>(i) + 7'000'000, true, "DE"};
      const Arm arm = arm_of(holdout, run, subject);
      held_out += arm == Arm::held_out ? 1 : 0;
      Subject later = subject;
      later.at = start.plus_days(27);
      later.country = "FR";
      ASSERT_EQ(arm_of(holdout, run, later), arm);
    }
    const double share = static_cast<double>(share_ppm) / 1e6;
    const double error = std::sqrt(share * (1 - share) / visitors);
    EXPECT_NEAR(static_cast<double>(held_out) / visitors, share, 4.5 * error) << share_ppm;
  }
}

// Of two runs with different seeds, a quarter is held out in both: the draws know nothing of each
// other.
TEST(Holdout, RunsDrawIndependently) {
  const Holdout holdout = of_kind(Holdout::Kind::visitor, 500'000);
  int both = 0;
  for (std::uint64_t visitor = 1; visitor <= 20'000; ++visitor) {
    const Subject subject{start, visitor, true, ""};
    both += arm_of(holdout, {1, 71}, subject) == Arm::held_out &&
                    arm_of(holdout, {2, 72}, subject) == Arm::held_out
                ? 1
                : 0;
  }
  EXPECT_NEAR(both / 20'000.0, 0.25, 4.5 * std::sqrt(0.25 * 0.75 / 20'000));
}

// The draws are frozen: a change would move visitors within runs that go on.
TEST(Holdout, DrawsAreFrozen) {
  const Holdout holdout = of_kind(Holdout::Kind::visitor, 500'000);
  std::string arms;
  for (std::uint64_t visitor = 1; visitor <= 24; ++visitor)
    arms += arm_of(holdout, {1, 42}, {start, visitor, true, ""}) == Arm::held_out ? 'h' : 't';
  EXPECT_EQ(arms, "thththttthhhhththhhhhtth");
}

TEST(Holdout, NobodyIsDrawnOutsideTheRunOrWithoutAName) {
  const Holdout holdout = of_kind(Holdout::Kind::visitor, 900'000);
  const HoldoutRun run{1, 5};
  EXPECT_EQ(arm_of(holdout, run, {start.plus_micros(-1), 3, true, ""}), Arm::none);
  EXPECT_NE(arm_of(holdout, run, {start, 3, true, ""}), Arm::none);
  EXPECT_NE(arm_of(holdout, run, {holdout.ends_at.plus_micros(-1), 3, true, ""}), Arm::none);
  EXPECT_EQ(arm_of(holdout, run, {holdout.ends_at, 3, true, ""}), Arm::none);
  EXPECT_EQ(arm_of(holdout, run, {start, 3, false, ""}), Arm::none);
  EXPECT_EQ(arm_of({}, run, {start, 3, true, ""}), Arm::none);
}

TEST(Holdout, HoldsOutSoManyRegionsAndOnlyThose) {
  Holdout holdout = of_kind(Holdout::Kind::region, 400'000);
  holdout.regions = {"AT", "BE", "CH", "DE", "FR", "GB", "IT", "NL", "PL", "SE"};
  std::set<std::string> drawn;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    int held_out = 0;
    for (const auto& region : holdout.regions) {
      if (arm_of(holdout, {1, seed}, {start, 0, false, region}) != Arm::held_out) continue;
      ++held_out;
      drawn.insert(region);
    }
    ASSERT_EQ(held_out, 4) << seed;
  }
  EXPECT_EQ(drawn.size(), holdout.regions.size()) << "every region is drawn by some seed";
  EXPECT_EQ(arm_of(holdout, {1, 1}, {start, 0, false, "US"}), Arm::none);
  EXPECT_EQ(arm_of(holdout, {1, 1}, {start, 0, false, ""}), Arm::none);
  holdout.held_out_regions = {"GB"};
  EXPECT_EQ(arm_of(holdout, {1, 1}, {start, 0, false, "GB"}), Arm::held_out);
  EXPECT_EQ(arm_of(holdout, {1, 1}, {start, 0, false, "DE"}), Arm::treated);
  EXPECT_EQ(regions_held_out(10, 1'000), 1U);
  EXPECT_EQ(regions_held_out(2, 900'000), 1U);
}

TEST(Holdout, WindowsChangeArmsAndBeginWithAWashout) {
  Holdout holdout = of_kind(Holdout::Kind::time, 500'000);
  holdout.window_hours = 6;
  holdout.washout_minutes = 30;
  const HoldoutRun run{1, 9};
  int held_out = 0;
  for (int window = 0; window < 112; ++window) {
    const core::Instant begin = start.plus_seconds(window * 21'600);
    EXPECT_EQ(arm_of(holdout, run, {begin, 0, false, ""}), Arm::none);
    EXPECT_EQ(arm_of(holdout, run, {begin.plus_seconds(1'799), 0, false, ""}), Arm::none);
    const Arm arm = arm_of(holdout, run, {begin.plus_seconds(1'800), 1, true, "DE"});
    EXPECT_NE(arm, Arm::none);
    EXPECT_EQ(arm_of(holdout, run, {begin.plus_seconds(21'599), 2, false, ""}), arm);
    held_out += arm == Arm::held_out ? 1 : 0;
  }
  EXPECT_NEAR(held_out, 56, 4.5 * std::sqrt(28));
}

TEST(Holdout, EndsAWeekBeforeItsClicksGo) {
  Holdout holdout = of_kind(Holdout::Kind::visitor, 500'000);
  holdout.starts_at.reset();
  holdout.ends_at = start.plus_days(83);
  EXPECT_TRUE(check_kept(holdout, 90, start));
  EXPECT_TRUE(check_kept(holdout, 0, start));
  holdout.ends_at = holdout.ends_at.plus_micros(1);
  const auto refused = check_kept(holdout, 90, start);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().detail.starts_with("holdout/ends_at must be at most 83 days"))
      << refused.error().detail;
  EXPECT_TRUE(check_kept({}, 1, start));
}

const test::TestStatement insert_code(
    "INSERT INTO codes (brand_id, code_id, deal_id, code, folded, discount_kind, rate_ppm, "
    "currency, created_at) VALUES ($1, $2, $3, $4, $4, 'percent', 100000, 'EUR', 1)");
const test::TestStatement select_runs(
    "SELECT version, settings, starts_at, ends_at, stopped_at FROM holdout_runs "
    "WHERE brand_id = $1 ORDER BY version");
const test::TestStatement select_flags("SELECT flags, variant FROM clicks ORDER BY click_id");

class HeldOutLink : public test::LinkApi {
 protected:
  HeldOutLink() {
    database()
        .transact([&](storage::Session& session) {
          session.run(insert_code, Shop::brand, code, Shop::deal, "MIA10");
        })
        .value();
  }
  core::Answer create(const std::string& rest) {
    return call(net::Method::post, "/v1/links",
                R"({"deal_id":")" + Shop::deal.text() + R"(","slug":"mia",)" + rest + "}");
  }
  core::Answer edit(const core::Answer& link, const std::string& body) {
    return call(net::Method::patch, "/v1/links/" + member(link, "id"), body);
  }
  static std::string member(const core::Answer& answer, std::string_view name) {
    const auto body = boost::json::parse(answer.body);
    const auto& value = body.at(name);
    return value.is_string() ? std::string(value.as_string()) : boost::json::serialize(value);
  }
  // Where one more person is led.
  std::string click(const std::string& query = "") {
    redirect.client_address = "203.0.113." + std::to_string(++people_);
    auto answer = redirect.get("/mia", query);
    EXPECT_EQ(answer.status, "302");
    return answer.headers["Location"];
  }
  std::vector<std::int64_t> flags() {
    std::vector<std::int64_t> all;
    const auto rows = redirect.read_clicks()->read(
        [](storage::Session& session) { return session.run(select_flags); });
    for (const storage::Row& row : *rows)
      all.push_back(row.integer(0));
    return all;
  }
  storage::Rows runs() {
    return database()
        .read([](storage::Session& session) { return session.run(select_runs, Shop::brand); })
        .value();
  }

  static constexpr core::CodeId code{501};
  const std::string applied = R"("code_id":")" + code.text() +
                              R"(","apply":"generic","destination":"https://shop.example/lamps")";
  const std::string half =
      R"("holdout":{"kind":"visitor","share_ppm":500000,"ends_at":"2026-03-20T00:00:00Z"})";
  int people_ = 0;
};
INSTANTIATE_ON_ENGINES(HeldOutLink);

TEST_P(HeldOutLink, TheHeldOutLandOnThePageWithoutTheCode) {
  const auto made = create(applied + "," + half);
  ASSERT_EQ(made.status, 201) << made.body;
  std::vector<bool> held_out;
  for (int i = 0; i < 40; ++i) {
    const std::string location = click();
    EXPECT_NE(location.find("utm_campaign=summer"), std::string::npos) << location;
    EXPECT_NE(location.find("fl_click="), std::string::npos) << location;
    const bool has_code = location.find("coupon=MIA10") != std::string::npos;
    held_out.push_back(!has_code);
    EXPECT_TRUE(location.starts_with(has_code ? "https://shop.example/lamps?coupon=MIA10&"
                                              : "https://shop.example/lamps?utm_campaign="))
        << location;
    // The same person again gets the same.
    auto again = redirect.get("/mia");
    EXPECT_EQ(again.headers["Location"].find("coupon=") == std::string::npos, !has_code);
  }
  const auto count = std::count(held_out.begin(), held_out.end(), true);
  EXPECT_GT(count, 5);
  EXPECT_LT(count, 35);
  const auto stored = flags();
  ASSERT_EQ(stored.size(), 80U);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    EXPECT_NE(stored[i] & flag_in_run, 0);
    EXPECT_EQ((stored[i] & flag_held_out) != 0, held_out[i / 2]);
    EXPECT_EQ(stored[i] >> flag_run_shift, 1);
  }
}

TEST_P(HeldOutLink, WhoMayNotBeKnownIsInNoArm) {
  ASSERT_EQ(create(applied + "," + half).status, 201);
  redirect.more_headers = {{"Sec-GPC", "1"}};
  for (int i = 0; i < 12; ++i) {
    redirect.client_address = "203.0.113." + std::to_string(i);
    auto answer = redirect.get("/mia");
    EXPECT_NE(answer.headers["Location"].find("coupon=MIA10"), std::string::npos);
  }
  for (const std::int64_t each : flags())
    EXPECT_EQ(each & flag_in_run, 0);
}

TEST_P(HeldOutLink, AnotherPageMayStandInAndNothingIsAnAARun) {
  const auto made =
      create(applied + R"(,"holdout":{"kind":"visitor","share_ppm":900000,"withhold":"nothing",)" +
             R"("ends_at":"2026-03-20T00:00:00Z"})");
  ASSERT_EQ(made.status, 201) << made.body;
  for (int i = 0; i < 10; ++i)
    EXPECT_NE(click().find("coupon=MIA10"), std::string::npos);
  const auto edited = edit(
      made, R"({"holdout":{"kind":"visitor","share_ppm":900000,"ends_at":"2026-03-20T00:00:00Z",)"
            R"("destination":"https://shop.example/plain"}})");
  ASSERT_EQ(edited.status, 200) << edited.body;
  int plain = 0;
  for (int i = 0; i < 10; ++i)
    plain +=
        click("a=b").starts_with("https://shop.example/plain?utm_campaign=summer&a=b&fl_click=")
            ? 1
            : 0;
  EXPECT_GT(plain, 4);
  const auto stored = flags();
  EXPECT_EQ(stored.front() >> flag_run_shift, 1);
  EXPECT_EQ(stored.back() >> flag_run_shift, 2);
}

TEST_P(HeldOutLink, EveryEditOfTheLinkBeginsAnotherRun) {
  const auto made = create(applied + "," + half);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(member(made, "holdout"),
            R"({"kind":"visitor","withhold":"code","share_ppm":500000,)"
            R"("starts_at":"2026-03-02T09:15:00Z","ends_at":"2026-03-20T00:00:00Z"})");
  clock.advance_seconds(3'600);
  // The same again, with what was answered, is no edit.
  const auto same = edit(made, R"({"holdout":)" + member(made, "holdout") + "}");
  EXPECT_EQ(member(same, "holdout_run"), member(made, "holdout_run"));
  const auto moved = edit(made, R"({"destination":"https://shop.example/chairs"})");
  ASSERT_EQ(moved.status, 200) << moved.body;
  EXPECT_NE(member(moved, "holdout_run"), member(made, "holdout_run"));
  clock.advance_seconds(3'600);
  const auto removed = edit(made, R"({"holdout":null})");
  ASSERT_EQ(removed.status, 200) << removed.body;
  EXPECT_EQ(member(removed, "holdout"), "null");
  EXPECT_NE(click().find("coupon=MIA10"), std::string::npos);
  const auto back = edit(made, "{" + half + "}");
  ASSERT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(boost::json::parse(back.body).at("holdout_run").at("version"), 3);
  const auto rows = runs();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows.rows[0].maybe_instant(4), start.plus_seconds(3'600));
  EXPECT_EQ(rows.rows[1].instant(2), start.plus_seconds(3'600));
  EXPECT_EQ(rows.rows[1].maybe_instant(4), start.plus_seconds(7'200));
  EXPECT_TRUE(rows.rows[2].is_null(4));
  // When it is over, edits are edits of a link again.
  clock.set(core::parse_instant("2026-03-21T00:00:00Z").value());
  ASSERT_EQ(edit(made, R"({"destination":"https://shop.example/beds"})").status, 200);
  EXPECT_EQ(runs().size(), 3U);
  EXPECT_NE(click().find("coupon=MIA10"), std::string::npos);
}

TEST_P(HeldOutLink, ARefusedLinkLeavesNoRun) {
  ASSERT_EQ(create(applied + "," + half).status, 201);
  EXPECT_EQ(create(applied + "," + half).status, 409) << "the slug is taken";
  const auto bulk = call(net::Method::post, "/v1/links/bulk",
                         R"({"links":[{"deal_id":")" + Shop::deal.text() + R"(","slug":"mia",)" +
                             applied + "," + half + "}]}");
  EXPECT_EQ(bulk.status, 200) << bulk.body;
  EXPECT_EQ(runs().size(), 1U);
}

TEST_P(HeldOutLink, WhatCannotBeRightIsNamed) {
  const auto pointer_of = [&](const std::string& rest) {
    const auto answer = create(rest);
    EXPECT_EQ(answer.status, 400) << answer.body;
    const auto body = boost::json::parse(answer.body);
    return std::string(body.at("errors").at(0).at("pointer").as_string());
  };
  const auto with = [&](const std::string& holdout) {
    return applied + R"(,"holdout":{)" + holdout + "}";
  };
  const std::string ends = R"("ends_at":"2026-03-20T00:00:00Z")";
  const std::string share = R"("share_ppm":500000,)";
  EXPECT_EQ(pointer_of(with(R"("kind":"person",)" + share + ends)), "/holdout/kind");
  EXPECT_EQ(pointer_of(with(R"("kind":"visitor",)" + ends)), "/holdout/share_ppm");
  EXPECT_EQ(pointer_of(with(R"("kind":"visitor","share_ppm":9999,)" + ends)), "/holdout/share_ppm");
  EXPECT_EQ(pointer_of(with(R"("kind":"visitor","share_ppm":900001,)" + ends)),
            "/holdout/share_ppm");
  EXPECT_EQ(pointer_of(with(R"("kind":"visitor","share_ppm":500000)")), "/holdout/ends_at");
  EXPECT_EQ(pointer_of(with(R"("kind":"visitor","ends_at":"2026-03-01T00:00:00Z",)"
                            R"("share_ppm":500000)")),
            "/holdout/ends_at");
  EXPECT_EQ(pointer_of(with(R"("kind":"visitor","ends_at":"2027-03-20T00:00:00Z",)"
                            R"("share_ppm":500000)")),
            "/holdout/ends_at");
  EXPECT_EQ(pointer_of(with(R"("kind":"visitor","regions":["DE"],)" + share + ends)),
            "/holdout/regions");
  EXPECT_EQ(pointer_of(with(R"("kind":"region","regions":["DE"],)" + share + ends)),
            "/holdout/regions");
  EXPECT_EQ(pointer_of(with(R"("kind":"region","regions":["DE","XX"],)" + share + ends)),
            "/holdout/regions");
  EXPECT_EQ(pointer_of(
                with(R"("kind":"region","regions":["DE","FR"],"held_out_regions":["GB"],)" + ends)),
            "/holdout/held_out_regions");
  EXPECT_EQ(pointer_of(with(R"("kind":"region","regions":["DE","FR"],"held_out_regions":["DE"],)" +
                            share + ends)),
            "/holdout/share_ppm");
  EXPECT_EQ(pointer_of(with(R"("kind":"time",)" + share + ends)), "/holdout/window_hours");
  EXPECT_EQ(pointer_of(with(R"("kind":"time","window_hours":168,)" + share + ends)),
            "/holdout/window_hours");
  EXPECT_EQ(
      pointer_of(with(R"("kind":"time","window_hours":1,"washout_minutes":60,)" + share + ends)),
      "/holdout/washout_minutes");
  EXPECT_EQ(pointer_of(with(R"("kind":"visitor","withhold":"page",)" + share + ends)),
            "/holdout/destination");
  EXPECT_EQ(
      pointer_of(with(R"("kind":"visitor","destination":"https://evil.example/",)" + share + ends)),
      "/holdout/destination");
  EXPECT_EQ(pointer_of(with(R"("kind":"visitor","destination":"https://shop.example/{code}",)" +
                            share + ends)),
            "/holdout/destination");
  // Nobody knows how a page is without a code that stands in it somewhere.
  EXPECT_EQ(pointer_of(R"("holdout":{"kind":"visitor",)" + share + ends + "}"),
            "/holdout/withhold");
  EXPECT_TRUE(runs().empty());
}

}  // namespace
}  // namespace fairlead::redirect

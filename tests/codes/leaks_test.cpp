// What the databases know of leaking codes, and what is done about them, on both engines.
#include <gtest/gtest.h>

#include "tests/codes/checkout.hpp"
#include "tests/codes/leak_scene.hpp"

namespace fairlead::codes {
namespace {

class Leaks : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(Leaks);

TEST_P(Leaks, ColdUsesOnTopAreALikelyLeakAndTheOtherCodeIsNormal) {
  const Checkout checkout(database());
  LeakScene scene(database());
  const auto leaked = scene.add_code("MIA10");
  const auto good = scene.add_code("MIA20");
  for (const auto code : {leaked, good})
    scene.use(code, {.on = "2025-09-05", .days = 178, .warm = 2, .cold = 1});  // until 1 March
  scene.use(leaked, {.on = "2026-02-20", .days = 10, .cold = 7});
  const auto findings = scene.find("2026-01-01", "2026-03-03");
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].code, leaked);  // likely leaks come first

  const auto& found = findings[0];
  EXPECT_EQ(name_of(found.verdict), "likely_leak");
  EXPECT_LE(found.p, 0.001);
  EXPECT_LE(found.q, 2 * found.p + 1e-12);
  EXPECT_EQ(found.uses, 60 * 3 + 70);
  EXPECT_EQ(found.cold.trials, found.uses);
  EXPECT_GE(core::format_day(found.since), "2026-02-19");
  EXPECT_LE(core::format_day(found.since), "2026-02-21");
  EXPECT_NEAR(found.leaked.estimate, 70, 5);
  EXPECT_LE(found.leaked.interval.low, 70);
  EXPECT_GE(found.leaked.interval.high, 70);
  ASSERT_EQ(found.costs.size(), 1u);
  EXPECT_EQ(found.costs[0].discount_minor, 100 * found.cold_since.trials);
  EXPECT_NEAR(static_cast<double>(found.costs[0].leaked_minor), 7000, 500);
  EXPECT_LE(found.costs[0].leaked_low_minor, found.costs[0].leaked_minor);
  EXPECT_GE(found.costs[0].leaked_high_minor, found.costs[0].leaked_minor);
  EXPECT_EQ(recommended_action(found), "rotate");

  const auto& normal = finding_of(findings, good);
  EXPECT_EQ(name_of(normal.verdict), "normal");
  EXPECT_TRUE(normal.costs.empty());
  EXPECT_EQ(recommended_action(normal), "none");
}

TEST_P(Leaks, UsesWithoutAnOrderAreNotKnownAndFewKnownOnesAreTooFew) {
  const Checkout checkout(database());
  LeakScene scene(database());
  const auto code = scene.add_code("MIA10");
  scene.use(code, {.on = "2026-02-01", .days = 7, .cold = 1, .unknown = 20});
  const auto findings = scene.find("2026-01-01", "2026-03-03");
  EXPECT_EQ(finding_of(findings, code).uses, 147);
  EXPECT_EQ(finding_of(findings, code).cold.trials, 7);
  EXPECT_EQ(name_of(finding_of(findings, code).verdict), "too_few");
  EXPECT_EQ(finding_of(findings, code).p, 1);
  scene.use(code, {.on = "2026-02-20", .cold = 1});
  EXPECT_NE(name_of(finding_of(scene.find("2026-01-01", "2026-03-03"), code).verdict), "too_few");
}

// A brand may have a million codes of one use each: none of them can be weighed, and all of them
// are part of how much the brand's codes are used.
TEST_P(Leaks, CodesOfABatchAreWeighedOnlyWhenOneIsUsedEnough) {
  const Checkout checkout(database());
  LeakScene scene(database());
  const auto named = scene.add_code("MIA10");
  const auto unused = scene.add_code("MIA20");
  const auto busy = scene.add_code("BATCH-BUSY");
  scene.use(named, {.on = "2026-02-01", .days = 2, .cold = 1});
  scene.use(busy, {.on = "2026-02-01", .days = 8, .cold = 1});
  for (int number = 0; number < 20; ++number)
    scene.use(scene.add_code("BATCH-" + std::to_string(number)), {.on = "2026-02-01", .cold = 1});
  checkout.run("UPDATE codes SET batch_id = 1 WHERE folded LIKE 'BATCH-%'");
  const auto findings = scene.find("2026-01-01", "2026-03-03");
  EXPECT_EQ(findings.size(), 2U);
  EXPECT_EQ(finding_of(findings, named).uses, 2);
  EXPECT_EQ(finding_of(findings, busy).uses, 8);
  for (const auto& finding : findings)
    EXPECT_NE(finding.code, unused);
  const auto facts = scene.facts("2026-01-01", "2026-03-03");
  ASSERT_FALSE(facts.codes.empty());
  const auto day = static_cast<std::size_t>(core::parse_day("2026-02-01")->number -
                                            facts.codes.front().begins.number);
  EXPECT_EQ(facts.codes.front().days[day].others_uses, 21);
}

TEST_P(Leaks, ClicksFromCouponSitesAndTheirPlacesAreRead) {
  const Checkout checkout(database());
  LeakScene scene(database());
  const auto code = scene.add_code("MIA10");
  const auto good = scene.add_code("MIA20");
  scene.click_from("www.instagram.com", "DE");
  for (const auto one : {code, good})
    scene.use(one, {.on = "2025-10-01", .days = 150, .warm = 2});
  scene.click_from("www.retailmenot.com", "US");
  scene.use(code, {.on = "2026-02-20", .days = 5, .warm = 4});
  const auto findings = scene.find("2026-01-01", "2026-03-03");
  const auto& found = finding_of(findings, code);
  EXPECT_EQ(name_of(found.verdict), "likely_leak");
  EXPECT_EQ(found.countries, 2);
  EXPECT_EQ(found.networks, 7);
  const auto p_of = [&](LeakSignal signal) {
    return p_value_of(found.evidence.signal_e_values[static_cast<std::size_t>(signal)]);
  };
  EXPECT_LE(p_of(LeakSignal::coupon_site), 0.001);
  EXPECT_LE(p_of(LeakSignal::unusual_country), 0.01);
  EXPECT_EQ(p_of(LeakSignal::cold), 1);
  EXPECT_EQ(finding_of(findings, good).countries, 1);
}

TEST_P(Leaks, ABrandsOwnCouponHostsCount) {
  const Checkout checkout(database());
  LeakScene scene(database());
  const auto code = scene.add_code("MIA10");
  scene.click_from("www.instagram.com", "DE");
  scene.use(code, {.on = "2025-10-01", .days = 150, .warm = 2});
  scene.click_from("deals.example", "DE");
  scene.use(code, {.on = "2026-02-20", .days = 5, .warm = 4});
  EXPECT_EQ(name_of(finding_of(scene.find("2026-01-01", "2026-03-03"), code).verdict), "normal");
  database()
      .transact([](storage::Session& session) {
        put_leak_policy(session, scene_brand, {.coupon_hosts = {"deals.example"}});
      })
      .value();
  EXPECT_EQ(name_of(finding_of(scene.find("2026-01-01", "2026-03-03"), code).verdict),
            "likely_leak");
}

TEST_P(Leaks, ClicksJustBeforeTheOrderAreLate) {
  const Checkout checkout(database());
  LeakScene scene(database());
  const auto code = scene.add_code("MIA10");
  scene.use(code, {.on = "2025-10-01", .days = 150, .warm = 2});
  scene.use(code, {.on = "2026-02-15", .days = 12, .late = 4});
  const auto findings = scene.find("2026-01-01", "2026-03-03");
  const auto& found = finding_of(findings, code);
  EXPECT_GT(found.evidence.signal_e_values[4], 100);
  EXPECT_EQ(name_of(found.verdict), "likely_leak");
}

// The rest of a period that is not over yet changes nothing that was seen.
TEST_P(Leaks, DaysToComeAreNoEvidence) {
  const Checkout checkout(database());
  LeakScene scene(database());
  const auto code = scene.add_code("MIA10");
  scene.use(code, {.on = "2025-10-01", .days = 152, .warm = 2, .cold = 1});
  const auto until_today = finding_of(scene.find("2026-01-01", "2026-03-03"), code);
  const auto and_later = finding_of(scene.find("2026-01-01", "2026-06-01"), code);
  EXPECT_EQ(and_later.uses, until_today.uses);
  EXPECT_EQ(and_later.p, 1);
}

TEST_P(Leaks, AnotherBrandHasNoneOfIt) {
  const Checkout checkout(database());
  LeakScene scene(database());
  scene.use(scene.add_code("MIA10"), {.on = "2026-02-01", .days = 10, .cold = 3});
  const LeakQuestion question{
      .brand = checkout.other_brand,
      .period = {core::Instant{0}.plus_days(20'454), core::Instant{0}.plus_days(20'514)},
      .now = checkout.clock.now()};
  const auto findings = database().read(
      [&](storage::Session& session) { return find_leaks(session, nullptr, question); });
  EXPECT_TRUE(findings.value().empty());
}

TEST_P(Leaks, ALeakIsToldOnceInThreeMonths) {
  const Checkout checkout(database());
  const auto note = [&](core::Instant now) {
    return database()
        .transact([&](storage::Session& session) {
          return note_leak(session, scene_brand, core::CodeId{1}, core::Day{20'000}, now);
        })
        .value();
  };
  const auto now = checkout.clock.now();
  EXPECT_TRUE(note(now));
  EXPECT_FALSE(note(now.plus_days(1)));
  EXPECT_FALSE(note(now.plus_days(leak_period_days)));
  EXPECT_TRUE(note(now.plus_days(leak_period_days + 1)));
}

TEST_P(Leaks, RotationEndsTheDiscountKeepsTheOwnerAndMakesASuccessor) {
  const Checkout checkout(database());
  const auto id = checkout.create(
      "MIA10", std::string(ten_percent) + R"(,"limits":{"uses_max":5,"subtotal_min_minor":1000})");
  const auto code = core::CodeId::parse(id).value();
  const auto rotate = [&](core::CodeId which, std::string_view text) {
    return database()
        .transact([&](storage::Session& session) {
          return rotate_code(session, checkout.brand, which, text, Similar::refuse_slips,
                             checkout.clock.now());
        })
        .value();
  };
  EXPECT_EQ(rotate(code, "mia10").error().why, RotationRefusal::text_taken);
  EXPECT_EQ(rotate(code, "no good").error().why, RotationRefusal::bad_text);
  EXPECT_EQ(rotate(core::CodeId{4711}, "").error().why, RotationRefusal::no_such_code);
  EXPECT_EQ(checkout.validate(cart_json("MIA10", "cart-1", 5000)).at("/valid"), "true");

  const auto rotated = *rotate(code, "");
  EXPECT_TRUE(rotated.text.starts_with("MIA10-")) << rotated.text;
  EXPECT_EQ(checkout.validate(cart_json("MIA10", "cart-1", 5000)).at("/reason/code"),
            "code_disabled");
  const auto fresh = checkout.validate(cart_json(rotated.text, "cart-1", 5000));
  EXPECT_EQ(fresh.at("/valid"), "true");
  EXPECT_EQ(fresh.at("/discount/amount_minor"), "500");
  EXPECT_EQ(checkout.validate(cart_json(rotated.text, "cart-1", 500)).at("/reason/code"),
            "min_subtotal_not_met");
  const auto owner = database().read(
      [&](storage::Session& session) { return find_owner(session, checkout.brand, "mia10"); });
  EXPECT_EQ(owner.value()->code, code);  // an order that names it still finds its influencer
  EXPECT_EQ(rotate(code, "MIA11").error().why, RotationRefusal::rotated);
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Leaks, VariantsHaveTheTermsAPlacementAndATextOfTheirOwn) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  const auto path = "/v1/codes/" + id + "/variants";
  const auto made = checkout.post(path, R"({"placement":"youtube-description"})", "admin");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.at("/variant_of"), id);
  EXPECT_EQ(made.at("/placement"), "youtube-description");
  EXPECT_TRUE(made.at("/code").starts_with("MIA10-"));
  EXPECT_EQ(made.header("Location"), "/v1/codes/" + made.at("/id"));
  EXPECT_EQ(
      checkout.validate(cart_json(made.at("/code"), "cart-1", 5000)).at("/discount/amount_minor"),
      "500");
  const auto again = checkout.post(path, R"({"placement":"youtube-description"})", "admin");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.at("/code"), "placement_taken");
  const auto taken = checkout.post(path, R"({"placement":"story","code":"mia10"})", "admin");
  EXPECT_EQ(taken.at("/code"), "code_taken");
  // A variant of a variant is a sister.
  const auto sister = checkout.post("/v1/codes/" + made.at("/id") + "/variants",
                                    R"({"placement":"story","code":"MIASTORY"})", "admin");
  EXPECT_EQ(sister.at("/variant_of"), id);
  const auto list = checkout.call(net::Method::get, path + "?limit=1", "", "viewer");
  EXPECT_EQ(list.at("/data/0/placement"), "youtube-description");
  const auto rest =
      checkout.call(net::Method::get, path + "?cursor=" + list.at("/next_cursor"), "", "viewer");
  EXPECT_EQ(rest.at("/data/0/code"), "MIASTORY");
  EXPECT_EQ(rest.at("/next_cursor"), "null");
}

TEST_P(Leaks, ARotatedVariantKeepsItsPlacement) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  const auto path = "/v1/codes/" + id + "/variants";
  const auto made = checkout.post(path, R"({"placement":"story","code":"MIASTORY"})", "admin");
  const auto rotated =
      database()
          .transact([&](storage::Session& session) {
            return rotate_code(session, checkout.brand, core::CodeId::parse(made.at("/id")).value(),
                               "MIASTORY2", Similar::refuse_slips, checkout.clock.now());
          })
          .value();
  ASSERT_TRUE(rotated);
  const auto list = checkout.call(net::Method::get, path, "", "viewer");
  EXPECT_EQ(list.at("/data/0/enabled"), "false");
  EXPECT_EQ(list.at("/data/0/replaced_by"), rotated->successor.text());
  EXPECT_EQ(list.at("/data/1/placement"), "story");
  EXPECT_EQ(list.at("/data/1/enabled"), "true");
  // Rotated is for good, and a placement has one variant at a time.
  const auto enable = [&](std::string_view which) {
    return checkout.patch(std::string(which), R"({"enabled":true})");
  };
  const auto old = enable(made.at("/id"));
  EXPECT_EQ(old.status, 409);
  EXPECT_EQ(old.at("/code"), "code_rotated");
  const auto second = checkout.post(path, R"({"placement":"bio","code":"MIABIO"})", "admin");
  ASSERT_EQ(checkout.patch(second.at("/id"), R"({"enabled":false})").status, 200);
  ASSERT_EQ(enable(second.at("/id")).status, 200);
  ASSERT_EQ(checkout.patch(second.at("/id"), R"({"enabled":false})").status, 200);
  ASSERT_EQ(checkout.post(path, R"({"placement":"bio","code":"MIABIO2"})", "admin").status, 201);
  EXPECT_EQ(enable(second.at("/id")).at("/code"), "placement_taken");
}

TEST_P(Leaks, BadVariantsAreRefusedWithTheField) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  const auto path = "/v1/codes/" + id + "/variants";
  const std::pair<std::string_view, std::string_view> refusals[] = {
      {"{}", "/placement"},
      {R"({"placement":""})", "/placement"},
      {R"({"placement":7})", "/placement"},
      {R"({"placement":"story","code":"a b"})", "/code"},
      {R"({"placement":"story","code":"AB"})", "/code"},
      {R"({"placement":"story","text":"X"})", "/text"}};
  for (const auto& [body, pointer] : refusals) {
    const auto reply = checkout.post(path, body, "admin");
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply.at("/errors/0/pointer"), pointer) << reply.body;
  }
  EXPECT_EQ(
      checkout.post(path, R"({"placement":")" + std::string(61, 'x') + R"("})", "admin").status,
      400);
  for (const std::string_view key : {"shop", "viewer", "influencer"})
    EXPECT_EQ(checkout.post(path, R"({"placement":"story"})", key).status, 403) << key;
  EXPECT_EQ(checkout.post(path, R"({"placement":"story"})", "other_admin").status, 404);
  EXPECT_EQ(checkout.call(net::Method::get, path, "", "other_admin").status, 404);
  EXPECT_EQ(checkout.post("/v1/codes/nonsense/variants", R"({"placement":"x"})", "admin").status,
            404);
  checkout.call(net::Method::del, "/v1/codes/" + id, "", "admin");
  EXPECT_EQ(checkout.post(path, R"({"placement":"story"})", "admin").at("/code"), "archived");
}

}  // namespace
}  // namespace fairlead::codes

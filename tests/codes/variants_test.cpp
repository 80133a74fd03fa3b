// Codes made of other codes: what a variant's or a successor's text may be, and one variant for
// each placement. Through the real routes, on both engines.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "tests/codes/checkout.hpp"

namespace fairlead::codes {
namespace {

class Variants : public test::OnEveryEngine {
 protected:
  // The deal 3004 is of another influencer than 3001.
  Variants() : checkout_(database()) {
    checkout_.run(
        "INSERT INTO brands (brand_id, name, currency, timezone, created_at) VALUES "
        "(1001, 'Nordlicht', 'EUR', 'UTC', 0)");
    checkout_.run(
        "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, created_at) VALUES "
        "(1001, 3004, 4004, 2001, 0), (1001, 3005, 4005, 2001, 0)");
  }
  Reply create(std::int64_t deal, std::string_view code) const {
    return checkout_.post("/v1/codes",
                          R"({"deal_id":")" + core::DealId{deal}.text() + R"(","code":")" +
                              std::string(code) + R"(",)" + std::string(ten_percent) + "}",
                          "admin");
  }
  // `rest` follows the placement: R"(,"code":"MIATUBE")".
  Reply make(const std::string& of, std::string_view placement, std::string_view rest = "") const {
    return checkout_.post(
        "/v1/codes/" + of + "/variants",
        R"({"placement":")" + std::string(placement) + "\"" + std::string(rest) + "}", "admin");
  }
  boost::system::result<RotatedCode, RefusedRotation> rotate(const std::string& id,
                                                             std::string_view text) {
    return database()
        .transact([&](storage::Session& session) {
          return rotate_code(session, checkout_.brand, *core::CodeId::parse(id), text,
                             Similar::refuse_slips, checkout_.clock.now());
        })
        .value();
  }
  std::string import(std::string_view text) const {
    const auto reply = checkout_.call(
        net::Method::post, "/v1/codes/import?deal_id=" + checkout_.deal.text(),
        "code,discount_kind,rate_ppm\n\"" + std::string(text) + "\",percent,100000\n", "admin");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return core::CodeId{checkout_.number("SELECT MAX(code_id) FROM codes")}.text();
  }

  Checkout checkout_;
};
INSTANTIATE_ON_ENGINES(Variants);

TEST_P(Variants, ATextLikeAnothersIsRefusedAsForAnyNewCode) {
  ASSERT_EQ(create(3004, "SUMMER10").status, 201);
  const auto mia = create(3001, "MIA10").at("/id");
  const auto alike = make(mia, "story", R"(,"code":"SUMMERIO")");
  EXPECT_EQ(alike.status, 409) << alike.body;
  EXPECT_EQ(alike.at("/code"), "code_too_similar");
  EXPECT_NE(alike.at("/detail").find("SUMMER10 (code_"), std::string::npos) << alike.body;
  EXPECT_EQ(make(mia, "story", R"(,"code":"SUMMERIO","allow_similar":true)").at("/code"),
            "code_too_similar");
  EXPECT_EQ(make(mia, "story", R"(,"code":"SUMMERT10")").at("/code"), "code_too_similar");
  EXPECT_EQ(make(mia, "story", R"(,"code":"SUMMERT10","allow_similar":true)").status, 201);
  EXPECT_EQ(make(mia, "reel", R"(,"code":"MIA1O")").status, 201) << "her own may look alike";
  for (const auto* text : {"SUMMERIO", "SUMMER1"}) {
    const auto rotated = rotate(mia, text);
    ASSERT_FALSE(rotated) << text;
    EXPECT_EQ(rotated.error().why, RotationRefusal::text_too_similar);
    EXPECT_NE(rotated.error().detail.find("SUMMER10 (code_"), std::string::npos)
        << rotated.error().detail;
  }
  EXPECT_TRUE(rotate(mia, "MIA12"));
}

TEST_P(Variants, ATextIsMadeOfWhateverAnImportedCodeHolds) {
  const std::pair<std::string, std::string_view> imported[] = {
      {"30$off", "30OFF-"},
      {"\u00a3\u00a3\u00a3", ""},
      {"caf\u00e9 \u00fcber alles und noch viel viel mehr \u00e4\u00f6\u00fc", "CAFEUBER"},
      {"\uff2d\uff29\uff21\uff11\uff10\uff0d\uff2d\uff29\uff21\uff11\uff10\uff2d", "MIA10-MIA10M-"},
  };
  for (const auto& [text, begin] : imported) {
    const auto id = import(text);
    const auto variant = make(id, "story");
    EXPECT_EQ(variant.status, 201) << text << ": " << variant.body;
    EXPECT_TRUE(variant.at("/code").starts_with(begin)) << text << ": " << variant.at("/code");
    const auto rotated = rotate(id, "");
    ASSERT_TRUE(rotated) << text << ": " << rotated.error().detail;
    EXPECT_TRUE(rotated->text.starts_with(begin)) << text << ": " << rotated->text;
  }
}

TEST_P(Variants, OfAVariantAreThoseOfItsOriginal) {
  const auto mia = create(3001, "MIA10").at("/id");
  const auto first = make(mia, "story").at("/id");
  make(first, "reel");
  for (const auto& id : {mia, first}) {
    const auto list =
        checkout_.call(net::Method::get, "/v1/codes/" + id + "/variants", "", "viewer");
    EXPECT_EQ(list.at("/data/0/placement"), "story") << list.body;
    EXPECT_EQ(list.at("/data/1/placement"), "reel") << list.body;
  }
}

TEST_P(Variants, AVariantWhosePlacementWasGivenToAnotherIsNotRotated) {
  const auto mia = create(3001, "MIA10").at("/id");
  const auto first = make(mia, "yt").at("/id");
  ASSERT_EQ(checkout_.patch(first, R"({"enabled":false})").status, 200);
  const auto second = make(mia, "yt");
  ASSERT_EQ(second.status, 201) << second.body;
  const auto rotated = rotate(first, "");
  ASSERT_FALSE(rotated);
  EXPECT_EQ(rotated.error().why, RotationRefusal::placement_taken);
  EXPECT_NE(rotated.error().detail.find("\"yt\""), std::string::npos) << rotated.error().detail;
  const auto enabled_at = [&](std::string_view placement) {
    return checkout_.number("SELECT COUNT(*) FROM codes WHERE is_enabled = 1 AND placement = '" +
                            std::string(placement) + "'");
  };
  EXPECT_EQ(enabled_at("yt"), 1);
  // Neither its own switch nor a variant of another placement stands in the way.
  EXPECT_TRUE(rotate(second.at("/id"), ""));
  EXPECT_EQ(enabled_at("yt"), 1);
  const auto paused = make(mia, "story").at("/id");
  ASSERT_EQ(checkout_.patch(paused, R"({"enabled":false})").status, 200);
  EXPECT_TRUE(rotate(paused, ""));
  EXPECT_EQ(enabled_at("story"), 1);
}

// Whether the call of each client answered 201.
std::vector<int> all_at_once(int clients, const std::function<Reply(int client)>& call) {
  std::vector<int> made(static_cast<std::size_t>(clients));
  std::barrier start(clients);
  std::vector<std::jthread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      start.arrive_and_wait();
      const auto reply = call(client);
      EXPECT_TRUE(reply.status == 201 || reply.status == 409) << reply.body;
      made[static_cast<std::size_t>(client)] = reply.status == 201;
    });
  }
  threads.clear();
  return made;
}

TEST_P(Variants, APlacementHasOneVariantHoweverItsOriginalIsNamed) {
  const auto mia = create(3001, "MIA10").at("/id");
  std::vector<std::string> family{mia};
  for (const auto* placement : {"story", "reel", "short"})
    family.push_back(make(mia, placement).at("/id"));
  for (int round = 0; round < 4; ++round) {
    const auto made = all_at_once(16, [&](int client) {
      return make(family[static_cast<std::size_t>(client) % family.size()],
                  "podcast-" + std::to_string(round));
    });
    EXPECT_EQ(std::count(made.begin(), made.end(), 1), 1);
  }
}

TEST_P(Variants, APlacementHasOneVariantWhenAPausedOneIsRotatedMeanwhile) {
  const auto mia = create(3001, "MIA10").at("/id");
  for (int round = 0; round < 8; ++round) {
    const auto placement = "reel-" + std::to_string(round);
    const auto paused = make(mia, placement).at("/id");
    ASSERT_EQ(checkout_.patch(paused, R"({"enabled":false})").status, 200);
    std::atomic<int> rotations = 0;
    const auto made = all_at_once(4, [&](int client) -> Reply {
      if (client > 0) return make(mia, placement);
      if (rotate(paused, "")) ++rotations;
      return {.status = 409, .body = {}, .headers = {}};
    });
    EXPECT_EQ(std::count(made.begin(), made.end(), 1) + rotations, 1) << placement;
    EXPECT_EQ(checkout_.number("SELECT COUNT(*) FROM codes WHERE is_enabled = 1 AND placement = '" +
                               placement + "'"),
              1);
  }
}

TEST_P(Variants, CodesThatLookAlikeAreNotMadeAtTheSameMoment) {
  for (int round = 0; round < 3; ++round) {
    const auto made = all_at_once(24, [&](int client) {
      const auto letter = [&](int place) { return "1IL"[client / place % 3]; };
      const auto text = "M" + std::string(1, letter(1)) + "A" + letter(3) + letter(9) + "-" +
                        std::string(static_cast<std::size_t>(round) + 1, 'W');
      const std::int64_t deals[] = {3001, 3004, 3005};
      return create(deals[client / 8], text);
    });
    std::set<int> influencers;
    for (int client = 0; client < 24; ++client) {
      if (made[static_cast<std::size_t>(client)] == 1) influencers.insert(client / 8);
    }
    EXPECT_EQ(influencers.size(), 1U);
  }
}

}  // namespace
}  // namespace fairlead::codes

// Codes that a shopper would take for another: refused when they are made, suggested when one was
// mistyped; and proposals, which avoid them. Through the real routes, on both engines.
#include <gtest/gtest.h>

#include <fstream>

#include "codes/code_looks.hpp"
#include "codes/code_text.hpp"
#include "tests/codes/checkout.hpp"
#include "tests/support/escapes.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/random.hpp"

namespace fairlead::codes {
namespace {

Terms free_shipping() {
  return {.discount = {.kind = DiscountKind::free_shipping},
          .currency = core::Currency::of("EUR"),
          .limits = {}};
}

// The deals 3001 (of the influencer 4001), 3003 (of the same one) and 3004, 3005 (of two others).
class Looks : public test::OnEveryEngine {
 protected:
  Looks() : checkout_(database()) {
    checkout_.run(
        "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, created_at) VALUES "
        "(1001, 3003, 4001, 2001, 0), (1001, 3004, 4004, 2001, 0), (1001, 3005, 4005, 2001, 0)");
    checkout_.run(
        "INSERT INTO influencers (brand_id, influencer_id, name, created_at) VALUES "
        "(1001, 4001, 'Zoë Müller', 0), (1001, 4004, 'Zoë Bär', 0), (1001, 4005, '⭐', 0)");
  }
  Reply create(std::int64_t deal, std::string_view code, std::string_view more = "") const {
    return checkout_.post("/v1/codes",
                          R"({"deal_id":")" + core::DealId{deal}.text() + R"(","code":")" +
                              std::string(code) + R"(",)" + std::string(ten_percent) +
                              std::string(more) + "}",
                          "admin");
  }
  Reply propose(std::int64_t deal, std::string_view more = "") const {
    return checkout_.post("/v1/codes/propose",
                          R"({"deal_id":")" + core::DealId{deal}.text() + R"(",)" +
                              std::string(ten_percent) + std::string(more) + "}",
                          "admin");
  }
  std::string all_looks() {
    return database()
        .read([](storage::Session& session) {
          static const storage::Statement list{
              "test.looks", "SELECT look, code_id FROM code_looks ORDER BY look, code_id",
              "SELECT look, code_id FROM code_looks ORDER BY look, code_id", 0};
          std::string all;
          for (const auto& row : session.run(list))
            all += row.text(0) + " " + std::to_string(row.integer(1)) + "\n";
          return all;
        })
        .value();
  }

  Checkout checkout_;
};
INSTANTIATE_ON_ENGINES(Looks);

TEST_P(Looks, CodeThatLooksLikeAnothersIsRefusedAndTheOtherIsNamed) {
  ASSERT_EQ(create(3001, "Mia10").status, 201);
  for (const std::string_view like : {"MIA1O", "MIAI0", "mialo", "M1A10", "MLA10"}) {
    for (const std::string_view more : {"", R"(,"allow_similar":true)"}) {
      const auto reply = create(3004, like, more);
      EXPECT_EQ(reply.status, 409) << like;
      EXPECT_EQ(reply.at("/code"), "code_too_similar");
      EXPECT_NE(reply.at("/detail").find("Mia10 (code_"), std::string::npos) << reply.body;
    }
  }
  EXPECT_EQ(create(3001, "MIA1O").status, 201) << "the influencer's own may look alike";
  EXPECT_EQ(create(3003, "MIAI0").status, 201) << "under another deal too";
  EXPECT_EQ(create(3004, "mia10").at("/code"), "code_taken") << "the same text is taken";
}

TEST_P(Looks, CodeOneSlipOffAnothersNeedsASecondThought) {
  ASSERT_EQ(create(3001, "SARAH10").status, 201);
  for (const std::string_view like : {"SARA10", "SARAHH10", "SARHA10", "SARAH40", "KARAH10"}) {
    EXPECT_EQ(create(3004, like).at("/code"), "code_too_similar") << like;
    EXPECT_EQ(create(3001, like).status, 201) << like << ": the influencer's own";
  }
  EXPECT_EQ(create(3004, "SARAN10", R"(,"allow_similar":true)").status, 201);
  EXPECT_EQ(create(3004, "ROSA20").status, 201) << "two slips and more are another text";
}

TEST_P(Looks, ArchivedCodesAndOtherBrandsStandInNobodysWay) {
  const auto id = checkout_.create("MIA10", ten_percent);
  const auto body = R"({"deal_id":")" + checkout_.other_brands_deal.text() +
                    R"(","code":"M1A10",)" + std::string(ten_percent) + "}";
  EXPECT_EQ(checkout_.post("/v1/codes", body, "other_admin").status, 201);
  EXPECT_EQ(create(3004, "M1A10").status, 409);
  ASSERT_EQ(checkout_.call(net::Method::del, "/v1/codes/" + id, "", "admin").status, 200);
  EXPECT_EQ(create(3004, "M1A10").status, 201);
}

// What the tables find is what comparing with all would find.
TEST_P(Looks, EveryCodeASlipAwayIsFoundAndNoOther) {
  test::Random random;
  const std::string alphabet = "ABM10-";
  std::vector<std::string> there;
  const auto any = [&] {
    std::string text;
    for (auto length = random.between(3, 5); length > 0; --length)
      text += alphabet[static_cast<std::size_t>(random.between(0, 5))];
    return text;
  };
  for (int i = 0; i < 60; ++i) {
    const auto text = any();
    const auto made = database().transact([&](storage::Session& session) {
      NewCode code{core::DealId{3001}, text, free_shipping()};
      return create_code(session, checkout_.brand, code, checkout_.clock.now());
    });
    if (made) there.push_back(text);
  }
  for (int round = 0; round < 200; ++round) {
    const auto text = any();
    if (std::find(there.begin(), there.end(), text) != there.end()) continue;
    bool is_like_one = false;
    for (const auto& other : there) {
      is_like_one =
          is_like_one || (other != text && (is_within_a_slip(text, other) ||
                                            is_within_a_slip(skeleton(text), skeleton(other))));
    }
    const auto found =
        database()
            .read([&](storage::Session& session) {
              return find_alike(session, checkout_.brand, text, core::InfluencerId{4004});
            })
            .value();
    ASSERT_EQ(found.has_value(), is_like_one) << text;
  }
}

TEST_P(Looks, MigrationGivesEarlierCodesTheLooksTheyWouldGetNow) {
  create(3001, "MIA10");
  create(3001, "OQILZSGB_0-2568");
  create(3001, "ACDEFHJKMNPRTUVWXY-3479");
  create(3004, "aaa");
  const auto now = all_looks();
  ASSERT_GT(now.size(), 100u);
  std::ifstream file(FAIRLEAD_SOURCE_DIR "/storage/schema/main/0005_code_making.sql");
  std::string sql{std::istreambuf_iterator<char>(file), {}};
  sql = sql.substr(sql.find("INSERT INTO code_looks"));
  sql = sql.substr(0, sql.rfind(';'));
  checkout_.run("DELETE FROM code_looks");
  ASSERT_EQ(all_looks(), "");
  checkout_.run(sql);
  EXPECT_EQ(all_looks(), now);
}

TEST_P(Looks, MistypedCodeIsSuggestedToTheShopOnly) {
  create(3001, "MIA10");
  create(3001, "SARAH15");
  create(3001, "TOM20");
  create(3004, "TIM20", R"(,"allow_similar":true)");
  create(3005, "ZOE-5");
  const auto off = create(3001, "OFF99").at("/id");
  ASSERT_EQ(checkout_.patch(off, R"({"enabled":false})").status, 200);
  create(3001, "OLD30", R"(,"ends_at":"2026-03-02T09:15:00Z")");
  create(3001, "SOON40", R"(,"starts_at":"2026-03-02T09:15:01Z")");
  const NewCode generated{core::DealId{3001}, "7KAE94XYCVNP", free_shipping(),
                          CodeOrigin::generated};
  database()
      .transact([&](storage::Session& session) {
        return create_code(session, checkout_.brand, generated, checkout_.clock.now());
      })
      .value();
  for (const auto& line : test::golden_lines("codes/suggestions.txt", 2)) {
    const auto typed = test::unescaped(line.fields[0]);
    const auto meant = database()
                           .read([&](storage::Session& session) {
                             return suggest(session, checkout_.brand, typed, checkout_.clock.now());
                           })
                           .value();
    EXPECT_EQ(meant.value_or("none"), line.fields[1]) << line.where;
  }
  const auto reply = checkout_.validate(cart_json("МІА10", "V-1", 1000));
  EXPECT_EQ(reply.at("/valid"), "false");
  EXPECT_EQ(reply.at("/reason/code"), "code_not_found");
  EXPECT_EQ(reply.at("/reason/details/suggestion"), "MIA10");
  EXPECT_EQ(checkout_.validate(cart_json("NOTHING", "V-1", 1000)).at("/reason/details"), "{}");
  EXPECT_EQ(checkout_.redeem(cart_json("МІА10", "A-1", 1000)).at("/reason/details"), "{}");
}

TEST_P(Looks, TwoInfluencersOfOneNameGetTwoCodes) {
  EXPECT_EQ(propose(3001).at("/code"), "ZOE10");
  EXPECT_EQ(propose(3004).at("/code"), "ZOE10") << "a proposal keeps nothing";
  ASSERT_EQ(create(3001, "ZOE10").status, 201);
  EXPECT_EQ(propose(3001).at("/code"), "ZOE10-2");
  const auto second = propose(3004).at("/code");
  EXPECT_EQ(second, "ZOE10-2");
  ASSERT_EQ(create(3004, second).status, 201) << "what is proposed can be made";
  // ZOE10-3 … are a slip away from the other's ZOE10-2; its owner may have them.
  EXPECT_EQ(propose(3004).at("/code"), "ZOE10-3");
  const auto third = propose(3005, R"(,"base":"zoë")").at("/code");
  EXPECT_EQ(third, "ZOE10-10");
  EXPECT_EQ(create(3005, third).status, 201);
}

TEST_P(Looks, ProposalsNameWhatIsMissing) {
  EXPECT_EQ(propose(3005).at("/errors/0/pointer"), "/base") << "its name is a star";
  EXPECT_EQ(propose(3005, R"(,"base":"!!")").at("/errors/0/pointer"), "/base");
  EXPECT_EQ(propose(3002).at("/errors/0/pointer"), "/deal_id") << "another brand's";
  EXPECT_EQ(propose(3001, R"(,"bse":"x")").at("/code"), "unknown_field");
  EXPECT_EQ(checkout_.post("/v1/codes/propose", R"({"deal_id":"x"})", "admin").status, 400);
  EXPECT_EQ(propose(3001).status, 200);
  EXPECT_EQ(checkout_.post("/v1/codes/propose", "{}", "shop").status, 403);
}

// As docs/openapi.yaml describes them: a proposal needs no more of a discount than its number.
TEST_P(Looks, ProposalsTakeDiscountsThatHaveANumberAndNothingElse) {
  const auto with = [&](std::string_view discount) {
    return checkout_.post("/v1/codes/propose",
                          R"({"deal_id":")" + core::DealId{3001}.text() + R"(","discount":)" +
                              std::string(discount) + "}",
                          "admin");
  };
  EXPECT_EQ(with(R"({"kind":"percent","rate_ppm":125000})").at("/code"), "ZOE12");
  EXPECT_EQ(with(R"({"kind":"fixed","amount_minor":550,"currency":"EUR"})").at("/code"), "ZOE5");
  EXPECT_EQ(with(R"({"kind":"free_shipping"})").at("/code"), "ZOEFREE");
  EXPECT_EQ(with(R"({"kind":"buy_x_get_y","buy_quantity":1,"get_quantity":1})").status, 400);
  EXPECT_EQ(with(R"({"kind":"percent","rate_ppm":1,"method":"each"})").at("/errors/0/pointer"),
            "/discount/method");
}

}  // namespace
}  // namespace fairlead::codes

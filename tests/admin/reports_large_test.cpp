// A brand with more codes and links than a report may read at once: what it is not about costs it
// nothing. More links than that with clicks of their own would still be refused.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "tests/admin/reports_scene.hpp"
#include "tests/ledger/rows.hpp"
#include "tests/support/engines.hpp"

namespace fairlead::admin {
namespace {

class LargeBrand : public test::OnEveryEngine {
 protected:
  // As POST /v1/codes/bulk and /v1/links/bulk would: of Mia's deal, and never used.
  void add_codes_and_links() {
    const auto added = database().transact([](storage::Session& session) {
      test::run_sql(session,
                    "WITH RECURSIVE made (n) AS "
                    "(SELECT 1 UNION ALL SELECT n + 1 FROM made WHERE n < 200001) "
                    "INSERT INTO codes (brand_id, code_id, deal_id, code, folded, discount_kind, "
                    "created_at) SELECT 7, 1000 + n, 51, 'X' || n, 'X' || n, 'free_shipping', 0 "
                    "FROM made");
      test::run_sql(session,
                    "WITH RECURSIVE made (n) AS "
                    "(SELECT 1 UNION ALL SELECT n + 1 FROM made WHERE n < 200001) "
                    "INSERT INTO links (brand_id, link_id, deal_id, slug, destination, created_at, "
                    "changed_at) SELECT 7, 1000 + n, 51, 'x' || n, 'https://x.example/', 0, 0 "
                    "FROM made");
      return true;
    });
    ASSERT_TRUE(added) << added.error().detail;
  }
  std::string answers() const {
    std::string all;
    for (const std::string period : {"", "&from=2026-03-01&to=2026-04-01T12:00:00Z"}) {
      for (const char* const group : {"influencer", "campaign", "deal", "link", "code", "platform",
                                      "tier", "country", "day", "week", "month"})
        for (const std::string narrowed : {"", "&campaign_id=cmp_"}) {
          const std::string asked = narrowed.empty() ? "" : "&campaign_id=" + spring.text();
          all += body_of(std::string("roi?group_by=") + group + period + asked);
        }
      for (const char* const group :
           {"link", "influencer", "campaign", "deal", "hour", "day", "month", "device"})
        for (const std::string& asked :
             {std::string(), "&campaign_id=" + spring.text(), "&influencer_id=" + ben.text(),
              "&link_id=" + mia_link.text()})
          all += body_of(std::string("clicks?group_by=") + group + period + asked);
    }
    return all;
  }
  std::string body_of(const std::string& target) const {
    const core::Answer answer = scene.get(target);
    EXPECT_EQ(answer.status, 200) << target << " " << answer.body;
    return target + "\n" + answer.body + "\n";
  }
  Scene scene{database()};
};
INSTANTIATE_ON_ENGINES(LargeBrand);

TEST_P(LargeBrand, HasTheReportsThatItHadWithoutWhatNobodyUsed) {
  const std::string before = answers();
  add_codes_and_links();
  EXPECT_EQ(answers(), before);
}

// Each used once: their number is that of the orders, and only a report by code is as long.
TEST_P(LargeBrand, HasReportsOfManySingleUseCodesByWhatIsCoarser) {
  const auto uses = [this] {
    return scene.json("roi?group_by=influencer&from=2026-03-01&to=2026-04-01")
        .at("totals")
        .at("EUR")
        .at("code_uses")
        .as_int64();
  };
  const auto before = uses();
  add_codes_and_links();
  const auto used = database().transact([](storage::Session& session) {
    test::run_sql(session,
                  "INSERT INTO code_uses (brand_id, code_use_id, code_id, order_ref, state, "
                  "subtotal_minor, discount_minor, currency, cart_sha256, at, campaign_id) "
                  "SELECT 7, 1000000 + code_id, code_id, 'order ' || code_id, 'redeemed', 9, 1, "
                  "'EUR', '', 1773000000000000, 41 FROM codes WHERE code_id > 1000");
    return true;
  });
  ASSERT_TRUE(used) << used.error().detail;
  EXPECT_EQ(uses(), before + 200'001);
  EXPECT_EQ(scene.get("roi?group_by=deal").status, 200);
  EXPECT_EQ(scene.get("roi?group_by=code").status, 422);
}

}  // namespace
}  // namespace fairlead::admin

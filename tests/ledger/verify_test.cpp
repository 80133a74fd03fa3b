#include <gtest/gtest.h>

#include <algorithm>

#include "ledger/ledger.hpp"
#include "ledger/sql.hpp"
#include "ledger/stream.hpp"
#include "tests/ledger/world.hpp"
#include "tests/support/engines.hpp"

namespace fairlead::ledger {
namespace {

class Verifying : public test::OnEveryEngine {
 protected:
  Verifying() {
    world.add_deal(deal, 14);
    world.set_rate(deal, 100'000, spring);
    world.book_order(1, 9'999, spring);
    world.book_order(2, 5'000, spring.plus_days(1));
    world.book_refund(11, 1, 3'333, spring.plus_days(2));
    world.book_refund(12, 1, 3'333, spring.plus_days(3));
    EXPECT_TRUE(world.differences().empty());
  }
  // The one difference about a posting, commission or plan; balances are named besides.
  core::Difference only_difference_but_balances() {
    core::Differences found = world.differences();
    std::erase_if(found, [](const core::Difference& difference) {
      return difference.what.starts_with("balance ");
    });
    EXPECT_EQ(found.size(), 1u);
    return found.empty() ? core::Difference{} : found.front();
  }
  World world{database()};
  const std::string order_cause = "com/" + core::OrderId{2}.text() + "/" + core::CreditId{2}.text();
  const std::string refund_cause = "rev/" + core::OrderId{1}.text() + "/" +
                                   core::RefundId{12}.text() + "/" + core::CreditId{1}.text();
};
INSTANTIATE_ON_ENGINES(Verifying);

TEST_P(Verifying, NamesAnAlteredAmountAndItsBalances) {
  world.damage("UPDATE postings SET amount_minor = 501 WHERE posting_id = '" + order_cause + "'");
  EXPECT_EQ(world.differences().size(), 3u);
  const auto difference = only_difference_but_balances();
  EXPECT_EQ(difference.what, "posting " + order_cause);
  EXPECT_TRUE(difference.expected.starts_with("500 EUR from commission_expense to pending:"));
  EXPECT_TRUE(difference.stored.starts_with("501 EUR"));
}

TEST_P(Verifying, NamesAMissingPosting) {
  world.damage("DELETE FROM postings WHERE posting_id = '" + refund_cause + "'");
  const auto difference = only_difference_but_balances();
  EXPECT_EQ(difference.what, "posting " + refund_cause);
  EXPECT_TRUE(difference.expected.starts_with("334 EUR from pending:"));
  EXPECT_EQ(difference.stored, "missing");
}

TEST_P(Verifying, NamesAnExtraPosting) {
  world.damage(
      "INSERT INTO postings (brand_id, posting_id, from_account, to_account, amount_minor, "
      "currency, commission_id, at, booked_at) SELECT brand_id, 'com/again', from_account, "
      "to_account, amount_minor, currency, commission_id, at, booked_at FROM postings "
      "WHERE posting_id = '" +
      order_cause + "'");
  const auto difference = only_difference_but_balances();
  EXPECT_EQ(difference.what, "posting com/again");
  EXPECT_EQ(difference.expected, "none");
}

TEST_P(Verifying, NamesPostingsOfNoCommission) {
  world.damage(
      "INSERT INTO postings (brand_id, posting_id, from_account, to_account, amount_minor, "
      "currency, commission_id, at, booked_at) VALUES (7, 'gift/1', 'a', 'b', 1, 'EUR', NULL, 0, "
      "0)");
  EXPECT_EQ(only_difference_but_balances().what, "posting gift/1");
  world.damage("UPDATE postings SET commission_id = 5 WHERE posting_id = 'gift/1'");
  EXPECT_EQ(only_difference_but_balances().what, "posting gift/1");
}

TEST_P(Verifying, NamesAlteredAccountCurrencyDealAndInstant) {
  const std::string where = " WHERE posting_id = '" + order_cause + "'";
  for (const std::string change :
       {"to_account = 'pending:someone'", "currency = 'USD'", "deal_id = 21", "influencer_id = 31",
        "order_id = 3", "at = 0"}) {
    SCOPED_TRACE(change);
    world.damage("UPDATE postings SET " + change + where);
    EXPECT_EQ(only_difference_but_balances().what, "posting " + order_cause);
    world.damage("UPDATE postings SET to_account = 'pending:" + influencer.text() +
                 "', currency = 'EUR', deal_id = 20, influencer_id = 30, order_id = 2, at = " +
                 std::to_string(spring.plus_days(1).micros) + where);
    EXPECT_TRUE(world.differences().empty());
  }
}

TEST_P(Verifying, NamesACreditWithoutItsCommission) {
  world.damage("DELETE FROM postings WHERE order_id = 2");
  world.damage("DELETE FROM commissions WHERE order_id = 2");
  EXPECT_EQ(only_difference_but_balances().what,
            "commission of credit " + core::CreditId{2}.text());
}

TEST_P(Verifying, NamesACommissionWithoutItsCredit) {
  world.damage("DELETE FROM credits WHERE credit_id = 2");
  core::Differences found = world.differences();
  ASSERT_GE(found.size(), 2u);
  EXPECT_TRUE(found[0].what.starts_with("commission com_"));
  EXPECT_EQ(found[1].what, "posting " + order_cause);
}

TEST_P(Verifying, NamesACommissionThatContradictsItsCredit) {
  for (const std::string change :
       {"base_minor = 4999", "currency = 'USD'", "influencer_id = 31",
        "deal_id = 21, plan_version = 0, plan_terms = '{\"rate_ppm\":0}'"}) {
    SCOPED_TRACE(change);
    world.damage("UPDATE commissions SET " + change + " WHERE order_id = 2");
    EXPECT_FALSE(world.differences().empty());
    EXPECT_TRUE(world.differences().front().what.starts_with("commission com_"));
    world.damage(
        "UPDATE commissions SET base_minor = 5000, currency = 'EUR', influencer_id = 30, "
        "deal_id = 20, plan_version = 1, plan_terms = '{\"rate_ppm\":100000}' WHERE order_id = 2");
    EXPECT_TRUE(world.differences().empty());
  }
}

TEST_P(Verifying, NamesACopiedPlanThatIsNotItsVersion) {
  world.damage("UPDATE commissions SET plan_terms = '{\"rate_ppm\":100001}' WHERE order_id = 2");
  const auto difference = only_difference_but_balances();
  EXPECT_TRUE(difference.what.starts_with("plan version 1 in commission com_"));
  EXPECT_EQ(difference.expected, "percent {\"rate_ppm\":100000}");
}

TEST_P(Verifying, ReportsAPlanItCannotReadInsteadOfStopping) {
  world.damage("UPDATE commissions SET plan_kind = 'lottery' WHERE order_id = 2");
  EXPECT_FALSE(world.differences().empty());
}

TEST_P(Verifying, NamesAReleaseThatIsNotAWholeHold) {
  world.damage("UPDATE commissions SET release_at = release_at + 1 WHERE order_id = 2");
  EXPECT_TRUE(only_difference_but_balances().what.ends_with(" release"));
}

TEST_P(Verifying, SaysTheSameTwice) {
  world.damage("UPDATE postings SET amount_minor = amount_minor + 1");
  const core::Differences one = world.differences();
  const core::Differences other = world.differences();
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i)
    EXPECT_EQ(one[i].what, other[i].what);
}

TEST_P(Verifying, ReadsJournalsLongerThanOnePage) {
  const std::int64_t orders = Stream::rows_per_page + 5;
  database()
      .transact([&](storage::Session& session) {
        for (std::int64_t number = 100; number < 100 + orders; ++number)
          post_credit(session,
                      {.id = core::CreditId{number},
                       .order = core::OrderId{number},
                       .influencer = influencer,
                       .deal = deal,
                       .campaign = campaign,
                       .base_minor = 1'000},
                      brand, core::Currency::of("EUR"), spring, spring, spring);
      })
      .value();
  world.damage(
      "INSERT INTO credits (brand_id, credit_id, order_id, influencer_id, deal_id, campaign_id, "
      "via, weight_ppm, base_minor, currency, precedence, model, placed_at, touched_at) "
      "SELECT brand_id, credit_id, order_id, influencer_id, deal_id, campaign_id, 'code', 1000000, "
      "base_minor, currency, 'code_first', 'last_click', booked_at, booked_at FROM commissions "
      "WHERE credit_id >= 100");
  EXPECT_TRUE(world.differences().empty());
  world.damage("UPDATE postings SET amount_minor = 99 WHERE order_id = " +
               std::to_string(100 + orders - 1));
  EXPECT_TRUE(only_difference_but_balances().stored.starts_with("99 EUR"));
}

TEST(Journal, HasNoStatementThatChangesOrDeletes) {
  ASSERT_FALSE(sql::all().empty());
  for (const storage::Statement* statement : sql::all())
    for (const std::string_view text : {statement->sqlite, statement->postgres})
      for (const std::string_view word : {"UPDATE", "DELETE", "REPLACE", "TRUNCATE", "DROP"})
        EXPECT_EQ(text.find(word), std::string_view::npos) << statement->name << ": " << word;
}

}  // namespace
}  // namespace fairlead::ledger

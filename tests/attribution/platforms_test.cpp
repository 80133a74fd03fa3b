// Every platform's golden orders and refunds, without a database.
#include "attribution/platforms.hpp"

#include <gtest/gtest.h>

#include "attribution/order_body.hpp"
#include "core/crypto.hpp"
#include "tests/attribution/platform_cases.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::attribution {

namespace {

std::string table_of(const Platform& platform, const std::string& what) {
  return "attribution/" + std::string(platform.name) + "_" + what + ".txt";
}

std::string line_money(const core::Order& order) {
  std::string text;
  for (const core::Item& item : order.items)
    text += (text.empty() ? "" : " ") + std::to_string(item.discount_minor) + ":" +
            std::to_string(item.tax_minor);
  return text;
}

TEST(Platforms, OrdersFollowTheGoldenTables) {
  for (const Platform& platform : platforms()) {
    if (platform.protocol) continue;  // trackers_test.cpp
    const auto table = test::golden_lines(table_of(platform, "orders"), 8);
    EXPECT_FALSE(table.empty());
    for (const auto& [where, fields] : table) {
      SCOPED_TRACE(where);
      const Notice notice = read_golden(platform, fields[0]);
      ASSERT_TRUE(notice.order.has_value());
      const core::Order& order = *notice.order;
      EXPECT_FALSE(check_order(order).has_value());
      EXPECT_TRUE(notice.is_paid);
      EXPECT_EQ(order.source, platform.name);
      EXPECT_EQ(std::to_string(base_of(order)), fields[1]);
      EXPECT_EQ(order.currency.code(), fields[2]);
      EXPECT_EQ(order.is_test, fields[3] == "test");
      EXPECT_EQ(joined(order.codes), fields[4]);
      EXPECT_EQ(joined(order.click_ids), fields[5]);
      EXPECT_EQ(platform.name == "shopify" ? order.customer.key : order.customer.identity(),
                fields[6]);
      EXPECT_EQ(line_money(order), fields[7]);
    }
  }
}

TEST(Platforms, RefundsFollowTheGoldenTables) {
  for (const Platform& platform : platforms()) {
    if (platform.protocol) continue;
    const auto table = test::golden_lines(table_of(platform, "refunds"), 3);
    EXPECT_FALSE(table.empty());
    for (const auto& [where, fields] : table) {
      SCOPED_TRACE(where);
      EXPECT_EQ(take_in_turn(platform, fields[0], fields[1]), fields[2]);
    }
  }
}

TEST(WooCommerce, StatesThatWereNeverPaidForAreNotBooked) {
  EXPECT_FALSE(read_golden(woocommerce(), "order_on_hold").is_paid);
  EXPECT_TRUE(read_golden(woocommerce(), "order_cancelled").is_paid);
}

TEST(WooCommerce, ADeletedOrderIsCancelledAndOtherThingsAreNot) {
  const auto deleted = read_text(woocommerce(), R"({"id":51207})", "order.deleted");
  ASSERT_TRUE(deleted.has_value());
  EXPECT_EQ(deleted->changes.at(0).order_ref, "51207");
  EXPECT_FALSE(read_text(woocommerce(), R"({"id":51207,"code":"mia10"})", "order.deleted"));
  EXPECT_FALSE(read_text(woocommerce(), R"({"id":51207})", "order.updated"));
  EXPECT_EQ(read_text(woocommerce(), R"({"id":51207})", "coupon.updated")->ignored,
            "deliveries of the topic \"coupon.updated\" are not used");
}

TEST(WooCommerce, AmountsAreExactOrRefused) {
  const auto base = [](const std::string& total) {
    const auto notice =
        read_text(woocommerce(),
                  R"({"id":1,"status":"processing","currency":"EUR",)"
                  R"("date_created_gmt":"2026-03-02T09:15:00","line_items":[{"id":1,"total":)" +
                      total + "}]}");
    return notice ? std::to_string(base_of(*notice->order)) : "refused";
  };
  EXPECT_EQ(base("\"19.90\""), "1990");
  EXPECT_EQ(base("19.9"), "1990");
  EXPECT_EQ(base("\"19.904999\""), "1990");
  EXPECT_EQ(base("\"19.905000\""), "1991");
  EXPECT_EQ(base("\"0.0049990\""), "0");
  EXPECT_EQ(base("null"), "0");
  EXPECT_EQ(base("\"\""), "0");
  EXPECT_EQ(base("\"999999999999.99\""), "99999999999999");
  for (const char* bad : {"\"1e3\"", "\"1.2.3\"", "\"-1.00\"", "\"1.0000001\"", "\"1,00\"",
                          "\"1000000000000\"", "\".5\"", "\" 1\"", "1e400", "\"NaN\""})
    EXPECT_EQ(base(bad), "refused") << bad;
}

TEST(Stripe, UnpaidSessionsWaitForTheirPayment) {
  std::string body = golden_body(stripe(), "session_paid");
  body.replace(body.find(R"("payment_status":"paid")"), 23, R"("payment_status":"unpaid")");
  EXPECT_EQ(read_text(stripe(), body)->ignored, "the order is not paid for yet");
}

TEST(Stripe, WhatMovesNoMoneyIsIgnored) {
  EXPECT_EQ(read_golden(stripe(), "dispute_warning").ignored, "no money has moved");
  std::string body = golden_body(stripe(), "refund_failed");
  body.replace(body.find("failed"), 6, "succeeded");
  EXPECT_EQ(read_text(stripe(), body)->ignored, "the sum of the charge's refunds says it");
}

TEST(Stripe, PaymentsAndChargesAreOtherNamesOfTheSession) {
  EXPECT_EQ(read_golden(stripe(), "session_paid").order->order_ref, "cs_live_flg101");
  EXPECT_EQ(joined(read_golden(stripe(), "session_paid").aliases), "pi_flg101");
  const Change change = read_golden(stripe(), "charge_refunded_1").changes.at(0);
  EXPECT_EQ(change.order_ref, "pi_flg101");
  EXPECT_EQ(joined(change.aliases), "ch_flg101");
}

TEST(Platforms, BodiesThatAreNoneSayWhy) {
  for (const Platform& platform : platforms()) {
    for (const char* body : {"", "[]", "{}", "not json", "{\"id\":1", "{\"type\":1,\"data\":[]}"}) {
      const auto notice = read_text(platform, body);
      ASSERT_FALSE(notice.has_value()) << platform.name << " " << body;
      EXPECT_NE(notice.error().detail, "");
    }
  }
}

}  // namespace

}  // namespace fairlead::attribution

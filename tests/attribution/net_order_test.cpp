// After any sequence of edits, refunds, chargebacks, cancellations and their reversals, sent in any
// order and more than once, credits and commissions are those of the net order booked at once.
#include "attribution/net_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/attribution/hook.hpp"
#include "tests/support/random.hpp"

namespace fairlead::attribution {

namespace {

using Amounts = std::map<int, std::int64_t>;  // line or chargeback number → base money

class NetOrders : public test::OnEveryEngine {
 protected:
  NetOrders() { shop.run("UPDATE campaigns SET model = 'linear'"); }

  // What the shop has at the end, and every message that led there.
  struct Story {
    std::string order_ref;
    Amounts lines;
    std::map<int, Amounts> refunds;
    Amounts chargebacks;
    bool is_cancelled = false;
    std::vector<std::string> messages;
    int version = 0;
  };

  std::string message(Story& story, const std::string& type, const std::string& fields) {
    return R"({"type":")" + type + R"(","timestamp":"2026-03-03T00:00:00Z","data":{"order_id":")" +
           story.order_ref + R"(","version":)" + std::to_string(++story.version) + fields + "}}";
  }
  static std::string lines_json(const Amounts& lines) {
    std::string text;
    for (const auto& [line, amount] : lines)
      text += (text.empty() ? "" : ",") + (R"({"id":)" + std::to_string(line)) +
              R"(,"quantity":3,"net_total_minor":)" + std::to_string(amount) + "}";
    return R"(,"lines":[)" + text + "]";
  }
  std::string order_fields(const Amounts& lines) const {
    return R"(,"currency":"EUR","placed_at":"2026-03-02T09:15:00Z","click_ids":[")" +
           Shop::token(20, 5001, "2026-02-28T12:00:00Z") + R"(",")" +
           Shop::token(21, 5002, "2026-03-01T12:00:00Z") + R"("],"codes":["MIA10"])" +
           lines_json(lines);
  }
  Amounts any_lines(std::int64_t most) {
    Amounts lines;
    for (int line = 1; line <= 3; ++line) {
      if (line == 1 || random.between(0, 2) != 0) lines[line] = random.between(0, most);
    }
    return lines;
  }

  void tell(Story& story) {
    const int number = static_cast<int>(random.between(1, 3));
    const std::string id = std::to_string(number);
    switch (random.between(0, 12)) {
      case 0:
      case 1:
        story.lines = any_lines(9'999);
        story.is_cancelled = false;
        story.messages.push_back(message(story, "order.updated", order_fields(story.lines)));
        return;
      case 2:
        story.is_cancelled = true;
        story.messages.push_back(message(story, "order.cancelled", ""));
        return;
      case 3:
      case 4:
      case 5:
        story.refunds[number] = any_lines(2'999);
        story.messages.push_back(
            message(story, "refund.created",
                    R"(,"refund_id":"R)" + id + R"(")" + lines_json(story.refunds[number])));
        return;
      case 6:
      case 7:
        story.refunds.erase(number);
        story.messages.push_back(
            message(story, "refund.cancelled", R"(,"refund_id":"R)" + id + R"(")"));
        return;
      case 8:
      case 9:
      case 10:
        story.chargebacks[number] = random.between(0, 2'999);
        story.messages.push_back(message(story, "chargeback.created",
                                         R"(,"chargeback_id":"D)" + id + R"(","amount_minor":)" +
                                             std::to_string(story.chargebacks[number])));
        return;
      default:
        story.chargebacks.erase(number);
        story.messages.push_back(
            message(story, "chargeback.reversed", R"(,"chargeback_id":"D)" + id + R"(")"));
    }
  }

  // Worked out by hand, not by the code under test.
  static std::int64_t net_of(const Story& story) {
    if (story.is_cancelled) return 0;
    std::int64_t net = 0;
    for (const auto& [line, amount] : story.lines) {
      std::int64_t left = amount;
      for (const auto& [number, refund] : story.refunds) {
        if (refund.contains(line)) left -= refund.at(line);
      }
      net += std::max<std::int64_t>(0, left);
    }
    for (const auto& [number, amount] : story.chargebacks)
      net -= amount;
    return std::max<std::int64_t>(0, net);
  }

  std::string shares_of(const std::string& order_ref) const {
    const auto order = shop.get("/v1/orders/" + order_ref);
    std::string text = order.at("/remaining_base_minor");
    for (int i = 0; order.at("/commissions/" + std::to_string(i) + "/id") != "absent"; ++i) {
      const std::string at = "/commissions/" + std::to_string(i);
      text += " " + order.at(at + "/influencer_id") + "=" + order.at(at + "/amount_minor");
    }
    return text;
  }
  // Of the credits, after the journal of refunds.
  std::string credits_of_order(const std::string& order_ref) const {
    std::string text;
    for (const core::InfluencerId who : {mia, leo}) {
      const std::string where =
          " FROM credits c JOIN orders o ON o.brand_id = c.brand_id AND o.order_id = c.order_id "
          "WHERE o.order_ref = '" +
          order_ref + "' AND c.influencer_id = " + std::to_string(who.number);
      text +=
          " " + std::to_string(shop.number(
                    "SELECT CAST(COALESCE(SUM(c.base_minor - (SELECT COALESCE(SUM(p.base_minor), "
                    "0) FROM credit_refunds p WHERE p.brand_id = c.brand_id AND p.credit_id = "
                    "c.credit_id)), 0) AS BIGINT)" +
                    where));
    }
    return text;
  }

  test::Random random;
  Shop shop{database()};
  Hook hook{shop, "standard"};
};
INSTANTIATE_ON_ENGINES(NetOrders);

TEST_P(NetOrders, AreWhatAnySequenceLeadsTo) {
  shop.run("UPDATE campaigns SET precedence = 'click_first'");
  const int rounds = std::getenv("FAIRLEAD_LONG") != nullptr ? 500 : 8;
  for (int round = 0; round < rounds; ++round) {
    Story story;
    story.order_ref = "X-" + std::to_string(round);
    story.lines = any_lines(9'999);
    story.messages.push_back(message(story, "order.paid", order_fields(story.lines)));
    for (std::int64_t n = random.between(1, 16); n > 0; --n)
      tell(story);
    // Out of order, some of them twice.
    std::vector<std::string> sent = story.messages;
    for (std::int64_t n = random.between(0, 3); n > 0; --n)
      sent.push_back(
          sent[static_cast<std::size_t>(random.between(0, std::ssize(story.messages) - 1))]);
    for (std::size_t i = sent.size(); i > 1; --i)
      std::swap(
          sent[i - 1],
          sent[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(i) - 1))]);
    std::string told;
    for (const std::string& body : sent) {
      const auto reply = hook.deliver(body);
      EXPECT_EQ(reply.status, 200);
      EXPECT_NE(reply.at("/outcome"), "failed") << reply.body << body;
      told += body + " → " + reply.body + "\n";
    }
    Story net;
    net.order_ref = "N-" + std::to_string(round);
    const std::string booked = message(net, "order.paid", order_fields({{1, net_of(story)}}));
    EXPECT_EQ(hook.deliver(booked).at("/outcome"), "applied");
    EXPECT_EQ(shares_of(story.order_ref), shares_of(net.order_ref)) << told;
    EXPECT_EQ(credits_of_order(story.order_ref), credits_of_order(net.order_ref)) << told;
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_EQ(shop.verify(), "");
}

TEST(NetOrder, PiecesInAnyStepsAreWorthThePartOfAllOfThem) {
  const StoredLine line{{.line_id = "1", .category_ids = {}, .quantity = 3}, 100};
  std::vector<Effect> effects;
  std::string left;
  for (const char* ref : {"a", "b", "c", "d"}) {
    effects.push_back({.ref = ref, .lines = {{"1", 1, std::nullopt}}});
    left += std::to_string(lines_left({line}, effects)[0].base_minor) + " ";
  }
  EXPECT_EQ(left, "67 33 0 0 ");
  // Whichever of them is taken back, what is left is the same.
  effects.erase(effects.begin() + 1);
  effects.erase(effects.begin() + 1);
  EXPECT_EQ(lines_left({line}, effects)[0].base_minor, 33);
}

TEST(NetOrder, DemandsBeyondAnythingStayWithinTheOrder) {
  const StoredLine line{{.line_id = "1", .category_ids = {}, .quantity = 1}, 100};
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::vector<Effect> effects{
      {.ref = "a", .amount_minor = most, .lines = {{"1", most, most}, {"9", 1, most}}},
      {.ref = "b", .amount_minor = most, .lines = {{"1", most, std::nullopt}}}};
  EXPECT_EQ(lines_left({line}, effects)[0].base_minor, 0);
  EXPECT_EQ(lines_left({line}, effects)[0].quantity, 0);
}

}  // namespace

}  // namespace fairlead::attribution

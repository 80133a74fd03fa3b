// Recomputes what attribution wrote: every order's base from its lines, its credits and outcomes
// from its touchpoints, and every credit's share of every refund; and names the rows whose order,
// refund or credit is gone. What was true only at the moment of booking (a click's verdict, a
// deal's dates, a campaign's settings) is taken as stored.
#include <algorithm>

#include "attribution/attribution.hpp"
#include "attribution/order_body.hpp"
#include "attribution/sql.hpp"
#include "attribution/stored_order.hpp"
#include "core/money.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::int64_t orders_at_once = 500;

// One order and what disagrees about it.
class Check {
 public:
  Check(storage::Session& session, core::BrandId brand, const StoredOrder& order,
        core::Differences& differences)
      : session_(session), brand_(brand), order_(order), differences_(differences) {}

  void run() {
    check_lines();
    const auto credits = credits_of(session_, brand_, order_.id);
    check_credits(credits);
    check_refunds(credits);
  }

 private:
  void compare(const std::string& what, const std::string& expected, const std::string& stored) {
    if (expected != stored)
      differences_.push_back({what + " of order " + order_.id.text(), expected, stored});
  }
  void compare(const std::string& what, std::int64_t expected, std::int64_t stored) {
    compare(what, std::to_string(expected), std::to_string(stored));
  }

  void check_lines() {
    std::int64_t sum = 0;
    std::int64_t discount = 0;
    for (const StoredLine& line : lines_of(session_, brand_, order_.id)) {
      compare("base_minor of line " + line.item.line_id, order_.is_test ? 0 : base_of(line.item),
              line.base_minor);
      sum += line.base_minor;
      discount += line.item.discount_minor;
    }
    compare("base_minor", sum, order_.base_minor);
    compare("discount_minor", discount, order_.discount_minor);
  }

  // The policy in force is written on the credits; without credits nothing was eligible, whatever
  // the policy was.
  void check_credits(const std::vector<StoredCredit>& credits) {
    const auto stored = touches_of(session_, brand_, order_.id);
    std::vector<Touch> touches;
    Policies policies;
    for (const StoredTouch& stored_touch : stored) {
      Touch& touch = touches.emplace_back(stored_touch.touch);
      if (took_part(touch.outcome)) touch.outcome = Outcome::eligible;
      if (!credits.empty()) policies[touch.campaign] = credits.front().policy;
    }
    const Decision decision = attribute(order_.placed_at, order_.base_minor, touches, policies);
    for (std::size_t i = 0; i < touches.size(); ++i) {
      const std::string what = "touchpoint " + std::to_string(i);
      compare("outcome of " + what, std::string(word_of(decision.outcomes[i])),
              std::string(word_of(stored[i].touch.outcome)));
      compare("weight of " + what, decision.weights[i], stored[i].weight);
    }
    compare("number of credits", static_cast<std::int64_t>(decision.shares.size()),
            static_cast<std::int64_t>(credits.size()));
    for (std::size_t i = 0; i < std::min(decision.shares.size(), credits.size()); ++i) {
      const Share& share = decision.shares[i];
      const Touch& touch = touches[share.touch];
      const core::Credit& credit = credits[i].credit;
      const std::string what = "credit " + credit.id.text();
      compare("deal of " + what, touch.deal.text(), credit.deal.text());
      compare("influencer of " + what, touch.influencer.text(), credit.influencer.text());
      compare("campaign of " + what, touch.campaign.text(), credit.campaign.text());
      compare("via of " + what, std::string(word_of(touch.via)), std::string(word_of(credit.via)));
      compare("weight_ppm of " + what, share.weight_ppm, credit.weight_ppm);
      compare("base_minor of " + what, share.base_minor, credit.base_minor);
      check_origin(what, touch, credits[i]);
    }
  }

  // What a credit repeats of its touchpoint and of the order.
  void check_origin(const std::string& what, const Touch& touch, const StoredCredit& stored) {
    const core::Credit& credit = stored.credit;
    compare("code of " + what, touch.code.text(), credit.code.text());
    compare("link of " + what, touch.link.text(), credit.link.text());
    compare("click of " + what, touch.click.text(), credit.click.text());
    compare("touched_at of " + what,
            core::format_instant(touch.touched_at.value_or(order_.placed_at)),
            core::format_instant(stored.touched_at));
    compare("placed_at of " + what, core::format_instant(order_.placed_at),
            core::format_instant(stored.placed_at));
    compare("currency of " + what, std::string(order_.currency.code()), stored.currency);
  }

  void check_refunds(const std::vector<StoredCredit>& credits) {
    std::map<core::RefundId, std::int64_t> line_sums;
    for (const auto& row : session_.run(sql::list_refund_lines, brand_, order_.id))
      line_sums[row.id<core::RefundId>(0)] += row.integer(3);
    std::map<std::pair<core::RefundId, core::CreditId>, std::int64_t> stored;
    for (const CreditRefund& part : credit_refunds_of(session_, brand_, order_.id))
      stored[{part.refund, part.credit}] = part.base_minor;

    std::vector<std::int64_t> shares;
    std::vector<std::int64_t> left;
    for (const StoredCredit& credit : credits)
      shares.push_back(credit.credit.base_minor);
    left = shares;
    std::int64_t remaining = order_.base_minor;
    for (const StoredRefund& refund : refunds_of(session_, brand_, order_.id)) {
      remaining -= refund.base_minor;
      compare("base_minor of refund " + refund.id.text(), line_sums[refund.id], refund.base_minor);
      const auto targets = core::split(remaining, shares);
      if (!targets) continue;  // no credit holds anything
      for (std::size_t i = 0; i < credits.size(); ++i) {
        const core::CreditId credit = credits[i].credit.id;
        const auto found = stored.find({refund.id, credit});
        compare("part of refund " + refund.id.text() + " on credit " + credit.text(),
                std::to_string(left[i] - (*targets)[i]),
                found == stored.end() ? "missing" : std::to_string(found->second));
        left[i] = (*targets)[i];
      }
    }
    if (remaining < 0) compare("base left after refunds", "0 or more", std::to_string(remaining));
    check_refunded_lines();
  }

  // Refunds name lines of the order, and take no more of one than was sold.
  void check_refunded_lines() {
    const auto lines = lines_of(session_, brand_, order_.id);
    for (const auto& [line_id, taken] : refunded_lines(session_, brand_, order_.id)) {
      const auto line = std::find_if(lines.begin(), lines.end(), [&](const StoredLine& stored) {
        return stored.item.line_id == line_id;
      });
      if (line == lines.end()) {
        compare("refunded line " + line_id, "a line of the order", "no such line");
        continue;
      }
      if (taken.base_minor > line->base_minor)
        compare("refunded base_minor of line " + line_id,
                std::to_string(line->base_minor) + " or less", std::to_string(taken.base_minor));
      if (taken.quantity > line->item.quantity)
        compare("refunded quantity of line " + line_id,
                std::to_string(line->item.quantity) + " or less", std::to_string(taken.quantity));
    }
  }

  storage::Session& session_;
  core::BrandId brand_;
  const StoredOrder& order_;
  core::Differences& differences_;
};

// What the loop over orders cannot meet: rows that no order, refund or credit stands for.
void name_strays(storage::Session& session, core::Differences& differences) {
  for (const storage::Row& row : session.run(sql::list_strays)) {
    std::string of;
    if (row.integer(4) != 0) of += " " + row.id<core::CreditId>(4).text();
    if (row.integer(3) != 0) of += " " + row.id<core::RefundId>(3).text();
    if (row.integer(2) != 0) of += " of order " + row.id<core::OrderId>(2).text();
    differences.push_back({row.text(0) + of, "the rows it belongs to", "missing"});
  }
}

}  // namespace

core::Differences verify(storage::Session& session) {
  core::Differences differences;
  name_strays(session, differences);
  core::BrandId brand;
  core::OrderId last;
  while (true) {
    const auto rows = session.run(sql::list_orders_after, brand, last, orders_at_once);
    for (const storage::Row& row : rows) {
      brand = row.id<core::BrandId>(0);
      last = row.id<core::OrderId>(1);
      if (const auto order = find_order(session, brand, last))
        Check(session, brand, *order, differences).run();
    }
    if (static_cast<std::int64_t>(rows.size()) < orders_at_once) return differences;
  }
}

}  // namespace fairlead::attribution

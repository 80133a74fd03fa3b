// Recomputes what attribution wrote: every order's base from its lines, its credits and outcomes
// from its touchpoints, what is left of every line from what was stated about the order, and every
// credit's share of every refund; and names the rows whose order,
// refund or credit is gone. What was true only at the moment of booking (a click's verdict, a
// deal's dates, a campaign's settings) is taken as stored.
#include <algorithm>

#include "attribution/attribution.hpp"
#include "attribution/effects.hpp"
#include "attribution/order_body.hpp"
#include "attribution/sql.hpp"
#include "attribution/stored_order.hpp"

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
    const auto touches = touches_of(session_, brand_, order_.id);
    const Decision decision = decide_again(session_, brand_, order_, credits, order_.base_minor);
    for (std::size_t i = 0; i < touches.size(); ++i) {
      const std::string what = "touchpoint " + std::to_string(i);
      compare("outcome of " + what, std::string(word_of(decision.outcomes[i])),
              std::string(word_of(touches[i].touch.outcome)));
      compare("weight of " + what, decision.weights[i], touches[i].weight);
    }
    compare("number of credits", static_cast<std::int64_t>(decision.shares.size()),
            static_cast<std::int64_t>(credits.size()));
    for (std::size_t i = 0; i < std::min(decision.shares.size(), credits.size()); ++i) {
      const Share& share = decision.shares[i];
      const Touch& touch = touches[share.touch].touch;
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

    std::vector<std::int64_t> left;
    for (const StoredCredit& credit : credits)
      left.push_back(credit.credit.base_minor);
    std::int64_t remaining = order_.base_minor;
    for (const StoredRefund& refund : refunds_of(session_, brand_, order_.id)) {
      remaining -= refund.base_minor;
      compare("base_minor of refund " + refund.id.text(), line_sums[refund.id], refund.base_minor);
      if (remaining < 0) break;  // named below
      const auto shares = decide_again(session_, brand_, order_, credits, remaining).shares;
      for (std::size_t i = 0; i < std::min(shares.size(), credits.size()); ++i) {
        const core::CreditId credit = credits[i].credit.id;
        const auto found = stored.find({refund.id, credit});
        compare("part of refund " + refund.id.text() + " on credit " + credit.text(),
                std::to_string(left[i] - shares[i].base_minor),
                found == stored.end() ? "missing" : std::to_string(found->second));
        left[i] = shares[i].base_minor;
      }
    }
    check_refunded_lines(remaining);
  }

  // The journal of refunds says what follows from the effects, in sum and of every line.
  void check_refunded_lines(std::int64_t remaining) {
    const auto lines = lines_of(session_, brand_, order_.id);
    const auto left = lines_left(lines, effects_of(session_, brand_, order_.id));
    compare("base left after refunds", base_left(left), remaining);
    auto journal = refunded_lines(session_, brand_, order_.id);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string& line_id = lines[i].item.line_id;
      const Refunded taken = journal[line_id];
      compare("refunded base_minor of line " + line_id, lines[i].base_minor - left[i].base_minor,
              taken.base_minor);
      compare("refunded quantity of line " + line_id, lines[i].item.quantity - left[i].quantity,
              taken.quantity);
      journal.erase(line_id);
    }
    for (const auto& [line_id, taken] : journal)
      compare("refunded line " + line_id, "a line of the order", "no such line");
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

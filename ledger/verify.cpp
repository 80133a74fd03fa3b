// Verification: what must be in the journal follows from the credits, the refunds' shares and the
// plan copied into each commission. Three ordered streams (commissions, refunds, postings) are
// merged by commission; for each the expected postings are compared with the stored ones, field by
// field. Refunds count in the order of their ids, which is the order in which they were booked.
#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "ledger/causes.hpp"
#include "ledger/commission.hpp"
#include "ledger/ledger.hpp"
#include "ledger/sql.hpp"
#include "ledger/stream.hpp"

namespace fairlead::ledger {

namespace {

__extension__ using Wide = __int128;

using Account = std::pair<std::string, std::string>;  // account, currency
using Sums = std::map<Account, Wide>;
using Texts = std::map<std::string, std::string>;  // posting id → everything it says

class BrandCheck {
 public:
  BrandCheck(storage::Session& session, core::BrandId brand, core::Differences& differences)
      : session_(session), brand_(brand), differences_(differences) {}
  void run();

 private:
  void check_commission(const storage::Row& commission, const std::vector<storage::Row>& refunds,
                        const Texts& stored);
  void check_against_credit(const storage::Row& commission);
  void check_plan(const storage::Row& commission);
  Texts expected_postings(const storage::Row& commission, const std::vector<storage::Row>& refunds);
  std::string expect(const storage::Row& commission, std::int64_t amount_minor, core::Instant at);
  void compare(const Texts& expected, const Texts& stored);
  void check_unowned();
  void check_uncommissioned();
  void check_balances();
  void differ(std::string what, std::string expected, std::string stored) {
    differences_.push_back({std::move(what), std::move(expected), std::move(stored)});
  }

  storage::Session& session_;
  core::BrandId brand_;
  core::Differences& differences_;
  Sums expected_sums_;
};

struct PostingText {
  std::string from_account;
  std::string to_account;
  std::int64_t amount_minor;
  std::string currency;
  std::int64_t influencer;
  std::int64_t deal;
  std::int64_t order;
  core::Instant at;
};

std::string text_of(const PostingText& posting) {
  return std::to_string(posting.amount_minor) + " " + posting.currency + " from " +
         posting.from_account + " to " + posting.to_account + " for " +
         core::InfluencerId{posting.influencer}.text() + " " + core::DealId{posting.deal}.text() +
         " " + core::OrderId{posting.order}.text() + " at " + core::format_instant(posting.at);
}

// Of the columns of list_postings_to_verify.
std::string text_of(const storage::Row& posting) {
  return text_of(PostingText{posting.text(2), posting.text(3), posting.integer(4), posting.text(5),
                             posting.integer_or(6, 0), posting.integer_or(7, 0),
                             posting.integer_or(8, 0), posting.instant(9)});
}

std::string text_of(Wide amount) {
  if (amount > std::numeric_limits<std::int64_t>::max() ||
      amount < std::numeric_limits<std::int64_t>::min())
    return "beyond 64 bits";
  return std::to_string(static_cast<std::int64_t>(amount));
}

std::int64_t clamped(Wide amount) {
  constexpr Wide most = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(amount, Wide{0}, most));
}

void BrandCheck::run() {
  Stream commissions([this](const storage::Row* last) {
    return session_.run(sql::list_commissions_to_verify, brand_, last ? last->integer(0) : 0,
                        Stream::rows_per_page);
  });
  Stream refunds([this](const storage::Row* last) {
    return session_.run(sql::list_refunds_to_verify, brand_, last ? last->integer(0) : 0,
                        last ? last->integer(1) : 0, Stream::rows_per_page);
  });
  Stream postings([this](const storage::Row* last) {
    return session_.run(sql::list_postings_to_verify, brand_, last ? last->integer(0) : 0,
                        last ? last->text(1) : std::string(), Stream::rows_per_page);
  });
  const auto refuse_before = [&](std::int64_t commission) {
    for (; postings.peek() && postings.peek()->integer(0) < commission; postings.pop())
      differ("posting " + postings.peek()->text(1), "none, for there is no such commission",
             text_of(*postings.peek()));
  };
  for (; commissions.peek(); commissions.pop()) {
    const storage::Row& commission = *commissions.peek();
    const std::int64_t id = commission.integer(0);
    refuse_before(id);
    Texts stored;
    for (; postings.peek() && postings.peek()->integer(0) == id; postings.pop())
      stored.emplace(postings.peek()->text(1), text_of(*postings.peek()));
    std::vector<storage::Row> its_refunds;
    for (; refunds.peek() && refunds.peek()->integer(0) == id; refunds.pop())
      its_refunds.push_back(*refunds.peek());
    check_commission(commission, its_refunds, stored);
  }
  refuse_before(std::numeric_limits<std::int64_t>::max());
  check_unowned();
  check_uncommissioned();
  check_balances();
}

void BrandCheck::check_commission(const storage::Row& commission,
                                  const std::vector<storage::Row>& refunds, const Texts& stored) {
  if (commission.is_null(12)) {
    differ("commission " + commission.id<core::CommissionId>(0).text(),
           "none, for there is no such credit", commission.id<core::CreditId>(1).text());
    compare({}, stored);
    return;
  }
  check_against_credit(commission);
  check_plan(commission);
  compare(expected_postings(commission, refunds), stored);
}

// A commission says the same as its credit; its hold is a whole number of days.
void BrandCheck::check_against_credit(const storage::Row& commission) {
  const auto words = [&](std::size_t first, std::size_t currency) {
    return commission.id<core::OrderId>(first).text() + " " +
           commission.id<core::InfluencerId>(first + 1).text() + " " +
           commission.id<core::DealId>(first + 2).text() + " " +
           commission.id<core::CampaignId>(first + 3).text() + " base " +
           std::to_string(commission.integer(currency + 1)) + " " + commission.text(currency);
  };
  const std::string what = "commission " + commission.id<core::CommissionId>(0).text();
  const std::string stored = words(2, 6);
  const std::string expected = words(12, 16);
  if (stored != expected) differ(what, expected, stored);
  const std::int64_t hold = commission.integer(11) - commission.integer(18);
  if (hold < 0 || hold % core::Instant{}.plus_days(1).micros != 0)
    differ(what + " release", "placed_at plus whole days",
           core::format_instant(commission.instant(11)));
}

// The copy of the plan is the version it names; version 0 is a deal without a plan.
void BrandCheck::check_plan(const storage::Row& commission) {
  const std::int64_t version = commission.integer(8);
  const std::string stored = commission.text(9) + " " + commission.text(10);
  std::string expected = R"(percent {"rate_ppm":0})";
  if (version != 0)
    expected = commission.is_null(19) ? "no such version"
                                      : commission.text(19) + " " + commission.text(20);
  if (stored != expected)
    differ("plan version " + std::to_string(version) + " in commission " +
               commission.id<core::CommissionId>(0).text(),
           expected, stored);
}

Texts BrandCheck::expected_postings(const storage::Row& commission,
                                    const std::vector<storage::Row>& refunds) {
  const core::OrderId order = commission.id<core::OrderId>(12);
  const core::CreditId credit = commission.id<core::CreditId>(1);
  const Plan plan{commission.text(9), commission.text(10)};
  Texts expected;
  Wide remaining = commission.integer(17);
  std::int64_t booked = 0;
  const auto add = [&](const std::string& cause, core::Instant at) {
    const auto adjustment = adjustment_minor(plan, clamped(remaining), booked);
    if (!adjustment) {
      expected.emplace(cause, adjustment.error().detail);
      return;
    }
    booked += *adjustment;
    if (*adjustment != 0) expected.emplace(cause, expect(commission, *adjustment, at));
  };
  add(commission_cause(order, credit), commission.instant(18));
  const bool is_reversed = !commission.is_null(21);
  for (const storage::Row& refund : refunds) {
    if (is_reversed && refund.integer(1) > commission.integer(21)) break;
    remaining -= refund.integer(2);
    add(reversal_cause(order, refund.id<core::RefundId>(1), credit), refund.instant(3));
  }
  // By the brand's decision: all that was left, and nothing happens after it.
  if (is_reversed && booked != 0)
    expected.emplace(decision_cause(commission.id<core::CommissionId>(0)),
                     expect(commission, -booked, commission.instant(22)));
  return expected;
}

// The text of the posting that an amount makes, counted into the balances that must come out.
std::string BrandCheck::expect(const storage::Row& commission, std::int64_t amount_minor,
                               core::Instant at) {
  const std::string currency = commission.text(16);
  const std::string expense(commission_expense);
  const std::string pending = pending_account(commission.id<core::InfluencerId>(13));
  expected_sums_[{expense, currency}] -= amount_minor;
  expected_sums_[{pending, currency}] += amount_minor;
  const bool earns = amount_minor > 0;
  return text_of(PostingText{earns ? expense : pending, earns ? pending : expense,
                             earns ? amount_minor : -amount_minor, currency, commission.integer(13),
                             commission.integer(14), commission.integer(12), at});
}

void BrandCheck::compare(const Texts& expected, const Texts& stored) {
  for (const auto& [id, text] : expected) {
    const auto found = stored.find(id);
    if (found == stored.end())
      differ("posting " + id, text, "missing");
    else if (found->second != text)
      differ("posting " + id, text, found->second);
  }
  for (const auto& [id, text] : stored)
    if (!expected.contains(id)) differ("posting " + id, "none", text);
}

void BrandCheck::check_unowned() {
  Stream postings([this](const storage::Row* last) {
    return session_.run(sql::list_unowned_postings, brand_, last ? last->text(1) : std::string(),
                        Stream::rows_per_page);
  });
  for (; postings.peek(); postings.pop())
    differ("posting " + postings.peek()->text(1), "none, for it names no commission",
           text_of(*postings.peek()));
}

void BrandCheck::check_uncommissioned() {
  Stream credits([this](const storage::Row* last) {
    return session_.run(sql::list_uncommissioned_credits, brand_, last ? last->integer(0) : 0,
                        Stream::rows_per_page);
  });
  for (; credits.peek(); credits.pop())
    differ("commission of credit " + credits.peek()->id<core::CreditId>(0).text(), "one",
           "missing");
}

void BrandCheck::check_balances() {
  Sums per_currency;
  Sums stored;
  for (const Balance& balance : balances(session_, brand_)) {
    stored[{balance.account, balance.currency}] = balance.amount_minor;
    per_currency[{"sum of all accounts", balance.currency}] += balance.amount_minor;
    expected_sums_.try_emplace({balance.account, balance.currency}, 0);
  }
  for (const auto& [account, sum] : per_currency)
    if (sum != 0) differ("balance " + account.first + " " + account.second, "0", text_of(sum));
  for (const auto& [account, sum] : expected_sums_)
    if (const Wide has = stored[account]; has != sum)
      differ("balance " + account.first + " " + account.second, text_of(sum), text_of(has));
}

}  // namespace

core::Differences verify(storage::Session& session) {
  core::Differences differences;
  Stream brands([&session](const storage::Row* last) {
    return session.run(sql::list_brands_to_verify, last ? last->integer(0) : 0,
                       Stream::rows_per_page);
  });
  for (; brands.peek(); brands.pop())
    BrandCheck(session, brands.peek()->id<core::BrandId>(0), differences).run();
  return differences;
}

}  // namespace fairlead::ledger

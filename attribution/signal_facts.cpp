#include "attribution/signal_facts.hpp"

#include <algorithm>
#include <limits>

#include "attribution/sql.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::int64_t page_rows = 2'000;
constexpr std::int64_t posts_max = 200'000;

SignalOrder read_order(const storage::Row& row) {
  SignalOrder order{.commission = row.id<core::CommissionId>(1),
                    .order = row.id<core::OrderId>(2),
                    .influencer = row.id<core::InfluencerId>(3),
                    .deal = row.id<core::DealId>(4),
                    .placed_at = row.instant(5),
                    .customer = row.text(7),
                    .customer_email = row.text(8),
                    .is_said_to_be_new = row.integer_or(9, 0) != 0,
                    .click_age_s = {},
                    .lookback_s = row.integer(6) * 86'400,
                    .network = {},
                    .visitor = 0};
  if (!row.is_null(10))
    order.click_age_s =
        std::max<std::int64_t>(0, (order.placed_at.micros - row.instant(10).micros) / 1'000'000);
  return order;
}

void add_origin(SignalOrder& order, storage::Session& clicks, core::ClickId click) {
  const auto rows = clicks.run(sql::find_click_origin, click);
  if (rows.empty()) return;
  order.network = rows.one().blob(0);
  order.visitor = rows.one().integer_or(1, 0);
}

}  // namespace

SignalFacts read_signal_facts(storage::Session& session, storage::Session* clicks,
                              core::BrandId brand, core::Instant now) {
  SignalFacts facts;
  facts.from = now.plus_days(-signal_window_days);
  facts.now = now;
  core::Instant before = now;
  std::int64_t before_credit = 0;  // none has it: what is placed at `now` is not in the window
  for (;;) {
    const auto rows =
        session.run(sql::list_signal_orders, brand, facts.from, before, before_credit, page_rows);
    for (const storage::Row& row : rows) {
      before = row.instant(5);
      before_credit = row.integer(0);
      facts.orders.push_back(read_order(row));
      if (clicks != nullptr && !row.is_null(11))
        add_origin(facts.orders.back(), *clicks, row.id<core::ClickId>(11));
    }
    if (static_cast<std::int64_t>(rows.size()) < page_rows) break;
    if (facts.orders.size() >= signal_orders_max) {
      facts.from = before;
      break;
    }
  }
  std::reverse(facts.orders.begin(), facts.orders.end());
  for (const auto& row :
       session.run(sql::list_signal_posts, brand, facts.from, facts.now, posts_max))
    facts.posts[row.id<core::InfluencerId>(0)].push_back(row.instant(1));
  return facts;
}

}  // namespace fairlead::attribution

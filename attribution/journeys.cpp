#include "attribution/journeys.hpp"

#include <algorithm>
#include <optional>

#include "attribution/sql.hpp"
#include "core/events.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::int64_t orders_read_at_once = 20'000;
constexpr std::int64_t touches_of_order_max = 1'000;

struct ReadTouch {
  core::Instant at;  // never after the order
  bool is_code = false;
  std::int64_t click = 0;
  bool gave_code = false;
  Touched touched;
};

struct ReadOrder {
  core::Instant placed_at;
  core::OrderId id;
  std::string currency;
  std::int64_t base_minor = 0;
  std::vector<ReadTouch> touches;
};

class Counter {
 public:
  explicit Counter(std::uint64_t number) { part_.number = number; }
  void add(ReadOrder& order);
  std::shared_ptr<const JourneyPart> finish() {
    return std::make_shared<const JourneyPart>(std::move(part_));
  }

 private:
  Journeys& of_currency(const std::string& currency) {
    for (Journeys& journeys : part_.of_currencies)
      if (journeys.currency == currency) return journeys;
    return part_.of_currencies.emplace_back(Journeys{.currency = currency});
  }
  Step step_of(const Touched& touched) {
    const auto number = static_cast<Step>(part_.touched.size());
    const auto [found, is_new] = numbers_.try_emplace(touched, number);
    if (is_new) part_.touched.push_back(touched);
    return found->second;
  }

  JourneyPart part_;
  std::map<Touched, Step> numbers_;
  std::vector<Step> steps_;
  std::vector<Visit> visits_;
};

void Counter::add(ReadOrder& order) {
  Journeys& journeys = of_currency(order.currency);
  ++journeys.orders;
  if (order.touches.empty()) {
    ++journeys.orders_without_journey;
    return;
  }
  // Touches at the same time go by their click's id, so that two readings agree.
  std::stable_sort(order.touches.begin(), order.touches.end(),
                   [](const ReadTouch& a, const ReadTouch& b) {
                     return std::tie(a.is_code, a.at, a.click) < std::tie(b.is_code, b.at, b.click);
                   });
  steps_.clear();
  visits_.clear();
  std::uint32_t key = 0;
  for (const ReadTouch& touch : order.touches) {
    if (touch.gave_code && key == 0) key = static_cast<std::uint32_t>(steps_.size());
    steps_.push_back(step_of(touch.touched));
    visits_.push_back({.at = touch.at});
  }
  PathRow& row = journeys.paths.row(steps_, key);
  const auto value = static_cast<double>(order.base_minor);
  ++row.conversions;
  row.value += order.base_minor;
  row.value_squares += value * value;
  add_time_shares({visits_, order.placed_at}, value, journeys.paths.time_shares(row));
}

std::optional<ReadTouch> touch_of(const storage::Row& row) {
  if (row.is_null(4) || row.is_null(5)) return std::nullopt;
  const core::Instant placed_at = row.instant(0);
  ReadTouch touch{.at = row.maybe_instant(7).value_or(placed_at),
                  .is_code = row.text(4) == "code",
                  .click = row.integer_or(8, 0),
                  .gave_code = row.integer(9) == 1,
                  .touched = {row.id<core::InfluencerId>(5), row.id<core::CampaignId>(6)}};
  touch.at = touch.is_code ? placed_at : std::min(touch.at, placed_at);
  return touch;
}

std::shared_ptr<const JourneyPart> read_part(storage::Session& session, core::BrandId brand,
                                             core::Period period, std::uint64_t number) {
  Counter counter(number);
  ReadOrder order;
  core::Instant after = period.from;
  core::OrderId after_order{-1};
  for (std::int64_t read = orders_read_at_once; read == orders_read_at_once;) {
    const auto rows =
        session.run(sql::list_journeys, brand, period.from, after, after_order, period.to,
                    orders_read_at_once, orders_read_at_once * touches_of_order_max);
    read = 0;
    for (const storage::Row& row : rows) {
      if (row.id<core::OrderId>(1) != order.id || read == 0) {
        if (read > 0) counter.add(order);
        order = {row.instant(0), row.id<core::OrderId>(1), row.text(2), row.integer(3), {}};
        ++read;
      }
      if (auto touch = touch_of(row)) order.touches.push_back(*touch);
    }
    if (read > 0) counter.add(order);
    after = order.placed_at;
    after_order = order.id;
  }
  return counter.finish();
}

std::size_t bytes_of(const JourneyPart& part) {
  std::size_t bytes = sizeof part + part.touched.size() * sizeof(Touched);
  for (const Journeys& journeys : part.of_currencies)
    bytes += sizeof journeys + journeys.paths.bytes();
  return bytes;
}

std::int64_t count_orders(storage::Session& session, core::BrandId brand, core::Period period) {
  return session.run(sql::count_placed_orders, brand, period.from, period.to).one().integer(0);
}

}  // namespace

std::shared_ptr<const JourneyPart> JourneyDays::find(const Key& key, std::int64_t orders) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.orders != orders) return nullptr;
  found->second.used = ++uses_;
  return found->second.part;
}

void JourneyDays::keep(const Key& key, std::int64_t orders,
                       std::shared_ptr<const JourneyPart> part) {
  const std::size_t bytes = bytes_of(*part);
  if (bytes > bytes_max_) return;
  const std::scoped_lock lock(mutex_);
  if (const auto old = entries_.find(key); old != entries_.end()) forget(old);
  entries_[key] = {orders, bytes, ++uses_, std::move(part)};
  bytes_ += bytes;
  while (bytes_ > bytes_max_)
    forget(std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
      return a.second.used < b.second.used;
    }));
}

std::shared_ptr<const std::vector<Comparison>> JourneyDays::compare(
    const std::vector<std::shared_ptr<const JourneyPart>>& parts, const ModelQuestion& question) {
  std::vector<std::uint64_t> numbers;
  std::vector<const JourneyPart*> asked;
  for (const auto& part : parts) {
    numbers.push_back(part->number);
    asked.push_back(part.get());
  }
  {
    const std::scoped_lock lock(mutex_);
    for (const Compared& each : compared_)
      if (each.parts == numbers && each.question == question) return each.comparisons;
  }
  auto comparisons =
      std::make_shared<const std::vector<Comparison>>(compare_models(asked, question));
  const std::scoped_lock lock(mutex_);
  compared_.push_back({std::move(numbers), question, comparisons});
  if (compared_.size() > compared_max) compared_.pop_front();
  return comparisons;
}

void JourneyDays::forget(std::map<Key, Entry>::iterator entry) {
  bytes_ -= entry->second.bytes;
  entries_.erase(entry);
}

std::vector<std::shared_ptr<const JourneyPart>> read_journeys(storage::Session& session,
                                                              JourneyDays& days,
                                                              core::BrandId brand, core::Zone zone,
                                                              core::Period period) {
  std::vector<std::shared_ptr<const JourneyPart>> parts;
  while (period.from < period.to) {
    const core::Day day = zone.day_of(period.from);
    const core::Period span{period.from, std::min(period.to, zone.start_of({day.number + 1}))};
    const JourneyDays::Key key{brand, span.from, span.to};
    const std::int64_t orders = count_orders(session, brand, span);
    if (orders == 0) {  // on to the next order's day: a period may begin in 1970
      const auto next = session.run(sql::find_next_order_time, brand, span.to, period.to);
      if (next.one().is_null(0)) break;
      period.from = zone.start_of(zone.day_of(next.one().instant(0)));
      continue;
    }
    auto part = days.find(key, orders);
    if (!part) {
      part = read_part(session, brand, span, days.next_number());
      days.keep(key, orders, part);
    }
    parts.push_back(std::move(part));
    period.from = span.to;
  }
  return parts;
}

}  // namespace fairlead::attribution

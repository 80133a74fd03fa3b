#include "app/demo_events.hpp"

#include <algorithm>
#include <random>

#include "core/rate.hpp"

namespace fairlead::app {

namespace {

// mt19937_64 is the same everywhere; the standard's distributions are not, so none is used.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(bound));
  }
  bool happens(std::int64_t ppm) { return below(1'000'000) < ppm; }

 private:
  std::mt19937_64 engine_;
};

core::ClickVerdict throw_verdict(Dice& dice) {
  const std::int64_t n = dice.below(100);
  if (n < 84) return core::ClickVerdict::valid;
  if (n < 90) return core::ClickVerdict::preview;
  if (n < 94) return core::ClickVerdict::bot;
  if (n < 97) return core::ClickVerdict::duplicate;
  if (n < 99) return core::ClickVerdict::prefetch;
  return core::ClickVerdict::head;
}

// A post every 9 to 15 days; most of its clicks come on the first two days.
std::int64_t clicks_on(const CastInfluencer& influencer, int days_since_post, Dice& dice) {
  constexpr std::int64_t decay_ppm[] = {3'000, 1'400, 600, 350, 250, 180, 140, 110, 90};
  const auto age = static_cast<std::size_t>(std::min(days_since_post, 8));
  const std::int64_t expected_milli = influencer.followers * decay_ppm[age] / 1'000;
  const std::int64_t jittered = expected_milli * (70 + dice.below(61)) / 100;
  return jittered / 1'000 + (dice.below(1'000) < jittered % 1'000 ? 1 : 0);
}

core::Instant time_on(core::Instant midnight, Dice& dice) {
  // Two draws out of three fall between 17:00 and 23:00 UTC.
  const std::int64_t second =
      dice.below(3) < 2 ? 17 * 3'600 + dice.below(6 * 3'600) : dice.below(86'400);
  return midnight.plus_seconds(second).plus_micros(dice.below(1'000'000));
}

DemoClick make_click(const CastInfluencer& influencer, std::size_t number, core::Instant at,
                     Dice& dice) {
  DemoClick click{at, number, throw_verdict(dice), 1 + dice.below(1'000'000'000), "", "", ""};
  const bool is_person = click.verdict == core::ClickVerdict::valid;
  click.app = is_person && dice.happens(700'000) ? influencer.platform : "";
  click.country = dice.happens(800'000) ? influencer.country : "US";
  click.device = is_person ? (dice.happens(860'000) ? "phone" : "desktop") : "bot";
  return click;
}

std::vector<DemoClick> make_clicks(const CastBrand& brand, core::Instant start, Dice& dice) {
  std::vector<DemoClick> clicks;
  for (std::size_t number = 0; number < brand.influencers.size(); ++number) {
    const CastInfluencer& influencer = brand.influencers[number];
    const int first_day = brand.campaigns[influencer.campaign].first_day;
    int next_post = first_day + static_cast<int>(dice.below(6));
    int days_since_post = 1'000;
    for (int day = first_day; day < demo_days; ++day, ++days_since_post) {
      if (day == next_post) {
        days_since_post = 0;
        next_post += 9 + static_cast<int>(dice.below(7));
      }
      if (days_since_post >= 1'000) continue;
      const std::int64_t count = clicks_on(influencer, days_since_post, dice);
      for (std::int64_t i = 0; i < count; ++i)
        clicks.push_back(make_click(influencer, number, time_on(start.plus_days(day), dice), dice));
    }
  }
  std::sort(clicks.begin(), clicks.end(),
            [](const DemoClick& a, const DemoClick& b) { return a.at < b.at; });
  return clicks;
}

std::vector<core::Item> make_cart(const CastBrand& brand, std::int64_t off_ppm, Dice& dice) {
  std::vector<core::Item> items;
  const std::int64_t lines = 1 + dice.below(3);
  const auto first =
      static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(brand.products.size())));
  for (std::int64_t line = 0; line < lines; ++line) {
    const CastProduct& product =
        brand.products[(first + static_cast<std::size_t>(line)) % brand.products.size()];
    core::Item item;
    item.line_id = std::to_string(line + 1);
    item.sku = product.sku;
    item.quantity = 1 + dice.below(2);
    item.unit_price_minor = product.price_minor;
    item.discount_minor = core::share(item.quantity * item.unit_price_minor, core::Rate{off_ppm});
    items.push_back(item);
  }
  return items;
}

DemoOrder make_order(const CastBrand& brand, core::Instant at,
                     std::optional<std::size_t> influencer, Dice& dice) {
  const std::int64_t off_ppm = influencer ? brand.influencers[*influencer].code_ppm : 0;
  DemoOrder order{};
  order.at = at;
  order.influencer = influencer;
  order.items = make_cart(brand, off_ppm, dice);
  order.shipping_minor = brand.currency == "JPY" ? 500 : 490;
  order.is_new_customer = dice.happens(620'000);
  order.customer =
      "customer-" + std::to_string(1 + dice.below(order.is_new_customer ? 9'000 : 400));
  if (dice.happens(70'000)) order.refunded_ppm = dice.happens(500'000) ? 1'000'000 : 500'000;
  order.refunded_at = at.plus_days(3 + dice.below(12));
  return order;
}

}  // namespace

DemoEvents make_demo_events(const CastBrand& brand, std::size_t brand_number, core::Instant start) {
  Dice dice(20'260'301 + brand_number);
  DemoEvents events;
  events.clicks = make_clicks(brand, start, dice);
  const core::Instant end = start.plus_days(demo_days);
  for (std::size_t i = 0; i < events.clicks.size(); ++i) {
    const DemoClick& click = events.clicks[i];
    if (click.verdict != core::ClickVerdict::valid) continue;
    const bool has_code = !brand.influencers[click.influencer].code.empty();
    if (dice.happens(24'000)) {  // the click becomes an order, often with the code as well
      const auto code =
          has_code && dice.happens(450'000) ? std::optional(click.influencer) : std::nullopt;
      DemoOrder order =
          make_order(brand, click.at.plus_seconds(300 + dice.below(2 * 86'400)), code, dice);
      order.click = i;
      events.orders.push_back(std::move(order));
    }
    if (has_code && dice.happens(6'000))  // somebody heard the code and never clicked
      events.orders.push_back(make_order(brand, click.at.plus_seconds(3'600 + dice.below(86'400)),
                                         click.influencer, dice));
  }
  std::erase_if(events.orders, [end](const DemoOrder& order) { return order.at >= end; });
  std::sort(events.orders.begin(), events.orders.end(),
            [](const DemoOrder& a, const DemoOrder& b) { return a.at < b.at; });
  for (std::size_t i = 0; i < events.orders.size(); ++i) {
    events.orders[i].order_ref = "demo-" + std::to_string(1'001 + i);
    if (events.orders[i].refunded_at >= end) events.orders[i].refunded_ppm = 0;
  }
  return events;
}

}  // namespace fairlead::app

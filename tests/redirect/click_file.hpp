// A click file beside a main database with two brands in two zones, and random clicks for it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "redirect/brands.hpp"
#include "redirect/click_store.hpp"
#include "redirect/day_of_brand.hpp"
#include "tests/redirect/shop.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::test {

inline constexpr core::BrandId other_brand{12};

class ClickFile : public OnEveryEngine {
 protected:
  void SetUp() override {
    OnEveryEngine::SetUp();
    shop_ = std::make_unique<Shop>(database());
    shop_->add_brand(other_brand, "America/New_York", "", core::DealId{23});
    brands_ =
        database().read([](storage::Session& main) { return redirect::read_brands(main); }).value();
  }

  std::unique_ptr<storage::Database> open() const {
    return storage::open({.url = url(), .schema = storage::Schema::clicks}).value();
  }
  std::unique_ptr<redirect::ClickStore> open_store() const {
    return redirect::ClickStore::open(open()).value();
  }
  std::string url() const { return "sqlite:" + directory_.file("clicks.db"); }

  template <class Fn>
  auto read(const Fn& fn) const {
    return storage::open_read_only({.url = url(), .schema = storage::Schema::clicks})
        .value()
        ->read(fn)
        .value();
  }
  std::int64_t number(const char* text) const {
    const TestStatement statement(text);
    return read([&](storage::Session& clicks) { return clicks.run(statement).one().integer(0); });
  }
  void write(const char* text) const {
    const TestStatement statement(text);
    open()->transact([&](storage::Session& clicks) { clicks.run(statement); }).value();
  }
  core::Differences differences() {
    return database()
        .read([&](storage::Session& main) {
          return read([&](storage::Session& clicks) { return redirect::verify(main, clicks); });
        })
        .value();
  }

  redirect::ClickRecord click(core::BrandId brand, std::int64_t link, core::Instant at,
                              std::int64_t low) {
    redirect::ClickRecord record{
        .id = {core::first_id_at(at) + low}, .brand = brand, .link = {link}};
    const redirect::DayAndHour when = days_.of(brand, redirect::find_brand(brands_, brand)->zone,
                                               core::instant_of_id(record.id.number));
    record.day = when.day;
    record.hour = when.hour;
    return record;
  }
  std::vector<redirect::ClickRecord> random_clicks(std::mt19937_64& random, std::size_t count) {
    constexpr std::string_view words[] = {"", "a", "b", "c"};
    const auto below = [&](std::uint64_t bound) { return random() % bound; };
    std::vector<redirect::ClickRecord> clicks;
    for (std::size_t i = 0; i < count; ++i) {
      const core::Instant at =
          start_of_test.plus_seconds(static_cast<std::int64_t>(below(40 * 86'400)));
      redirect::ClickRecord record =
          click(below(2) == 0 ? Shop::brand : other_brand, static_cast<std::int64_t>(1 + below(5)),
                at, static_cast<std::int64_t>(below(9)));
      record.verdict =
          below(2) == 0 ? core::ClickVerdict::valid : static_cast<core::ClickVerdict>(below(10));
      record.visitor = static_cast<std::int64_t>(below(300));
      record.device = words[below(4)];
      record.app = words[below(4)];
      record.country = words[below(4)];
      record.referrer = words[below(4)];
      record.rule = words[below(4)];
      record.variant = static_cast<std::uint8_t>(below(3));
      clicks.push_back(record);
    }
    return clicks;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Shop> shop_;
  std::vector<redirect::BrandRecord> brands_;
  redirect::DayOfBrand days_;
};

}  // namespace fairlead::test

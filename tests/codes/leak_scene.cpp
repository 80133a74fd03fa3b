#include "tests/codes/leak_scene.hpp"

#include <gtest/gtest.h>

#include "tests/ledger/rows.hpp"

namespace fairlead::codes {

using test::run_sql;

namespace {

constexpr int unknown_order = -1;
constexpr int no_click = 0;

core::Instant noon(core::Day day) {
  return core::Zone::utc().start_of(day).plus_seconds(12 * 3600);
}

core::Instant instant_of(std::string_view text) {
  return text.size() == 10 ? core::Zone::utc().start_of(core::parse_day(text).value())
                           : core::parse_instant(text).value();
}

}  // namespace

LeakScene::LeakScene(storage::Database& database)
    : database_(database),
      clicks_(storage::open({.url = "sqlite:" + directory_.file("clicks.db"),
                             .schema = storage::Schema::clicks})
                  .value()) {}

core::CodeId LeakScene::add_code(std::string_view text, std::string_view created_on) {
  const core::CodeId id{900 + ++next_};
  database_
      .transact([&](storage::Session& session) {
        run_sql(session,
                "INSERT INTO codes (brand_id, code_id, deal_id, code, folded, discount_kind, "
                "rate_ppm, currency, created_at) VALUES (1001, $1, 3001, $2, $3, 'percent', "
                "100000, 'EUR', $4)",
                id, text, text, instant_of(created_on));
      })
      .value();
  return id;
}

void LeakScene::use(core::CodeId code, const Uses& uses) {
  const auto first = core::parse_day(uses.on).value().number;
  database_
      .transact([&](storage::Session& session) {
        for (int day = 0; day < uses.days; ++day) {
          const auto at = noon({first + day});
          const auto add = [&](int count, int click_seconds) {
            for (int i = 0; i < count; ++i)
              add_use(session, code, at, click_seconds);
          };
          add(uses.warm, 7200);
          add(uses.cold, no_click);
          add(uses.unknown, unknown_order);
          add(uses.late, 60);
        }
      })
      .value();
}

void LeakScene::add_use(storage::Session& session, core::CodeId code, core::Instant at,
                        int click_seconds) {
  const std::int64_t number = 10'000 + ++next_;
  const std::string order_ref = "order-" + std::to_string(number);
  run_sql(session,
          "INSERT INTO code_uses (brand_id, code_use_id, code_id, order_ref, state, currency, "
          "subtotal_minor, discount_minor, cart_sha256, at) VALUES (1001, $1, $2, $3, 'redeemed', "
          "'EUR', 1000, 100, '', $4)",
          number, code, order_ref, at);
  if (click_seconds == unknown_order) return;
  run_sql(session,
          "INSERT INTO orders (brand_id, order_id, order_ref, source, placed_at, currency, "
          "base_minor, discount_minor, shipping_minor, tax_minor, body_sha256, booked_at) VALUES "
          "(1001, $1, $2, 'api', $3, 'EUR', 900, 100, 0, 0, '', 0)",
          number, order_ref, at);
  if (click_seconds == no_click) return;
  const auto touched_at = at.plus_seconds(-click_seconds);
  const std::int64_t click = core::first_id_at(touched_at) + number;
  run_sql(session,
          "INSERT INTO touchpoints (brand_id, order_id, position, kind, given, link_id, click_id, "
          "deal_id, influencer_id, touched_at, outcome) VALUES (1001, $1, 1, 'click', '', 5001, "
          "$2, 3001, 4001, $3, 'code_won')",
          number, click, touched_at);
  if (!has_clicks_) return;
  clicks_
      ->transact([&](storage::Session& file) {
        run_sql(file,
                "INSERT INTO clicks (click_id, link, verdict, rule, network, profile, referrer, "
                "utm, subs, flags, variant) VALUES ($1, 1, 0, 0, $2, $3, $4, 0, 0, 0, 0)",
                click, storage::Blob{std::string("\x01\x02", 2) + static_cast<char>(number % 7)},
                profile_, referrer_);
      })
      .value();
}

void LeakScene::click_from(std::string_view referrer, std::string_view country) {
  has_clicks_ = true;
  const auto country_word = word(1, country);
  referrer_ = word(6, referrer);
  profile_ = ++next_;
  clicks_
      ->transact([&](storage::Session& file) {
        run_sql(file,
                "INSERT INTO click_profiles (number, device, os, browser, app, country, language) "
                "VALUES ($1, $1, 0, 0, 0, $2, 0)",
                profile_, country_word);
      })
      .value();
}

std::int64_t LeakScene::word(int kind, std::string_view text) {
  return clicks_
      ->transact([&](storage::Session& file) {
        run_sql(file,
                "INSERT INTO click_words (word_id, kind, word) VALUES ($1, $2, $3) "
                "ON CONFLICT (kind, word) DO NOTHING",
                ++next_, kind, text);
        return run_sql(file, "SELECT word_id FROM click_words WHERE kind = $1 AND word = $2", kind,
                       text)
            .one()
            .integer(0);
      })
      .value();
}

std::vector<LeakFinding> LeakScene::find(std::string_view from, std::string_view to,
                                         std::string_view now) const {
  const LeakQuestion question{
      .brand = scene_brand, .period = {instant_of(from), instant_of(to)}, .now = instant_of(now)};
  return database_
      .read([&](storage::Session& session) {
        return clicks_->read(
            [&](storage::Session& file) { return find_leaks(session, &file, question); });
      })
      .value();
}

BrandFacts LeakScene::facts(std::string_view from, std::string_view to) const {
  const LeakQuestion question{.brand = scene_brand,
                              .period = {instant_of(from), instant_of(to)},
                              .now = instant_of("2026-03-02T12:00:00Z")};
  return database_
      .read([&](storage::Session& session) {
        return read_leak_facts(session, nullptr, question).value();
      })
      .value();
}

const LeakFinding& finding_of(const std::vector<LeakFinding>& findings, core::CodeId code) {
  for (const LeakFinding& finding : findings) {
    if (finding.code == code) return finding;
  }
  static const LeakFinding none;
  ADD_FAILURE() << "no finding of " << code.text();
  return none;
}

}  // namespace fairlead::codes

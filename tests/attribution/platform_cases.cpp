#include "tests/attribution/platform_cases.hpp"

#include <gtest/gtest.h>

#include "attribution/order_body.hpp"
#include "tests/attribution/shop.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::attribution {

namespace {

// The parts of taking a change in that need no database.
void take(SoldOrder& sold, const Statement& statement) {
  Effect effect = statement.effect;
  effect.integration = sold.integration;
  const Effect* known = find_effect(sold.effects, effect.kind, effect.ref);
  if (!supersedes(effect, known)) return;
  std::erase_if(sold.effects,
                [&](const Effect& e) { return e.kind == effect.kind && e.ref == effect.ref; });
  sold.effects.push_back(std::move(effect));
}

}  // namespace

std::string golden_body(const Platform& platform, const std::string& name) {
  return test::golden_file("attribution/" + std::string(platform.name) + "/" + name + ".json");
}

core::Result<Notice> read_text(const Platform& platform, std::string_view text,
                               std::string_view topic) {
  return platform.read({topic, text, brand, core::parse_instant("2026-03-20T00:00:00Z").value()});
}

Notice read_golden(const Platform& platform, const std::string& name) {
  auto notice = read_text(platform, golden_body(platform, name));
  EXPECT_TRUE(notice.has_value()) << name << ": " << notice.error().detail;
  return notice.value();
}

std::string take_in_turn(const Platform& platform, const std::string& order_name,
                         const std::string& names) {
  const Notice first = read_golden(platform, order_name);
  const core::Order& order = first.order.value();
  SoldOrder sold{order.currency, order.is_test, 0, {}, {}, core::IntegrationId{7}};
  sold.gross_minor = base_of(order) + order.tax_minor + order.shipping_minor;
  for (const core::Item& item : order.items)
    sold.lines.push_back({item, base_of(item)});
  core::Instant state_at = first.state_at;
  std::int64_t left = base_of(order);
  std::string text;
  for (const auto& name : test::words_of(names)) {
    std::vector<std::string> notes;
    for (const Change& change : read_golden(platform, name).changes) {
      if (change.state_at && *change.state_at < state_at) continue;
      if (change.state_at) state_at = *change.state_at;
      const Judged judged = change.judge(sold).value();
      for (const Statement& statement : judged.statements)
        take(sold, statement);
      notes.insert(notes.end(), judged.notes.begin(), judged.notes.end());
    }
    const std::int64_t rest = base_left(lines_left(sold.lines, sold.effects));
    text += (text.empty() ? "" : " ") + std::to_string(left - rest);
    left = rest;
    if (!notes.empty()) text += ":" + joined(notes);
  }
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : ",") + word;
  return text;
}

}  // namespace fairlead::attribution

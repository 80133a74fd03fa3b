#include "redirect/activation.hpp"

#include <algorithm>
#include <array>

#include "redirect/bots.hpp"
#include "redirect/rejudge.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

using core::ClickVerdict;

struct Prefetch {
  core::ClickId id;
  std::int64_t link = 0;     // by its number in this file
  std::int64_t visitor = 0;  // 0 = not known, and nobody's repeat
};

// Ids of the milliseconds that are at most a window away, as RepeatJudge counts them.
struct Window {
  std::int64_t first;
  std::int64_t last;
};
Window window_around(core::ClickId click, std::uint32_t window_s) {
  const std::int64_t ms = core::instant_of_id(click.number).micros / 1'000;
  const std::int64_t window_ms = std::int64_t{window_s} * 1'000;
  return {core::first_id_at({(ms - window_ms) * 1'000}),
          core::first_id_at({(ms + window_ms + 1) * 1'000}) - 1};
}

int number_of(ClickVerdict verdict) {
  return static_cast<int>(verdict);
}

// Which verdicts change when the prefetch turns out to be its visitor's click.
std::vector<NewVerdict> judge(storage::Session& clicks, const Prefetch& prefetch,
                              std::uint32_t window_s) {
  std::vector<NewVerdict> changes{{prefetch.id, ClickVerdict::valid, std::string(rule_activated)}};
  if (prefetch.visitor == 0 || window_s == 0) return changes;
  const Window window = window_around(prefetch.id, window_s);
  // Only clicks that nothing but repeats could refuse are earlier or later ones.
  const auto beside = [&](const storage::Statement& statement, std::int64_t bound) {
    return clicks.run(statement, prefetch.id, bound, prefetch.link, prefetch.visitor,
                      number_of(ClickVerdict::valid), number_of(ClickVerdict::duplicate),
                      number_of(ClickVerdict::flood));
  };
  if (!beside(sql::find_click_before, window.first).empty())
    changes.front().verdict = ClickVerdict::duplicate;
  const storage::Rows behind = beside(sql::find_click_behind, window.last);
  if (!behind.empty() && behind.one().integer(1) == number_of(ClickVerdict::valid))
    changes.push_back(
        {behind.one().id<core::ClickId>(0), ClickVerdict::duplicate, behind.one().text(2)});
  return changes;
}

}  // namespace

std::size_t activate(storage::Session& clicks, const Activation& activation) {
  std::size_t activated = 0;
  for (const core::ClickId id : activation.clicks) {
    const storage::Rows found =
        clicks.run(sql::find_click_of_verdict, id, number_of(ClickVerdict::prefetch));
    if (found.empty()) continue;
    const Prefetch prefetch{id, found.one().integer(0), found.one().integer_or(1, 0)};
    rejudge(clicks, judge(clicks, prefetch, activation.duplicate_window_s), activation.brands);
    ++activated;
  }
  return activated;
}

}  // namespace fairlead::redirect

#include "redirect/click_tally.hpp"

#include <algorithm>
#include <chrono>

#include "core/check.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::int32_t no_hour = -1;

void add_to(Counts& sum, const Counts& counts) {
  sum.clicks += counts.clicks;
  sum.unnamed += counts.unnamed;
}

}  // namespace

std::int32_t month_of(core::Day day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day.number}}};
  return int{date.year()} * 12 + static_cast<std::int32_t>(unsigned{date.month()}) - 1;
}

void ClickTally::add(const TalliedClick& click) {
  LinkCounts& link = count(click, 1);
  if (click.verdict == core::ClickVerdict::valid && click.visitor != 0)
    link.visitors.add(click.visitor);
}

void ClickTally::take_away(const TalliedClick& click) {
  count(click, -1);
}

ClickTally::LinkCounts& ClickTally::count(const TalliedClick& click, std::int64_t by) {
  const auto verdict = static_cast<std::size_t>(click.verdict);
  CHECK(verdict < verdicts_max);
  const Counts one{by, click.visitor == 0 ? by : 0};
  const bool has_hour = click.at.day.number * std::int64_t{24} + click.at.hour >= hours_from_;
  ProfileCounts& profile =
      profiles_[{click.brand.number, click.profile.number, click.at.day.number}];
  profile.words = click.profile.words;
  add_to(profile.counts[verdict], one);
  LinkCounts& link = links_[{click.brand.number, click.link.number, click.at.day.number,
                             has_hour ? click.at.hour : no_hour}];
  add_to(link.counts[verdict], one);
  return link;
}

Rollups ClickTally::rollups() const {
  Rollups rollups;
  for (const auto& [key, counts] : links_)
    roll_up(key, counts, rollups);
  for (const auto& [key, counts] : profiles_)
    roll_up(key, counts, rollups);
  return rollups;
}

void ClickTally::roll_up(const LinkHour& key, const LinkCounts& counts, Rollups& rollups) const {
  core::Day& oldest = rollups.oldest.try_emplace(key.brand, core::Day{key.day}).first->second;
  oldest = std::min(oldest, core::Day{key.day});
  const auto each_span = [&](const auto& visit) {
    if (key.hour != no_hour) visit(Span::hour, key.day * std::int64_t{24} + key.hour);
    visit(Span::day, key.day);
    visit(Span::month, month_of({key.day}));
  };
  each_span([&](Span level, std::int64_t start) {
    const auto span = static_cast<std::int64_t>(level);
    for (std::size_t i = 0; i < verdicts_max; ++i) {
      if (counts.counts[i] == Counts{}) continue;
      const auto verdict = static_cast<std::int64_t>(i);
      add_to(rollups.by_link[{key.brand, span, start, key.link, verdict}], counts.counts[i]);
      add_to(rollups.by_brand[{key.brand, every_click, span, start, 0, verdict}], counts.counts[i]);
    }
    if (level == Span::hour || counts.visitors.is_empty()) return;
    rollups.visitors[{key.brand, span, start, key.link}].merge(counts.visitors);
    rollups.visitors[{key.brand, span, start, 0}].merge(counts.visitors);
  });
}

void ClickTally::roll_up(const ProfileDay& key, const ProfileCounts& counts, Rollups& rollups) {
  for (std::size_t i = 0; i < profile_kinds.size(); ++i) {
    const auto dimension = static_cast<std::int64_t>(profile_kinds[i]);
    for (const auto& [level, start] :
         {std::pair{Span::day, key.day}, std::pair{Span::month, month_of({key.day})}})
      for (std::size_t verdict = 0; verdict < verdicts_max; ++verdict)
        if (counts.counts[verdict] != Counts{})
          add_to(rollups.by_brand[{key.brand, dimension, static_cast<std::int64_t>(level), start,
                                   counts.words[i], static_cast<std::int64_t>(verdict)}],
                 counts.counts[verdict]);
  }
}

}  // namespace fairlead::redirect

// What the click file knows about clicks by what they say of themselves (country, device, …), by
// the hour, and by which rules they were judged. Inside a snapshot of the click file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "admin/reports_clicks.hpp"

namespace fairlead::admin {

struct WordCount {
  std::int64_t word;  // 0 = not known
  core::ClickVerdict verdict;
  std::int64_t clicks;
  std::int64_t unnamed;
  std::int64_t link;  // 0 = of all
};
// Of all links of the brand, from the rollups. The same word may come several times.
std::vector<WordCount> count_words(storage::Session& clicks, const ClickScope& scope,
                                   std::int64_t dimension);
// Of each link, from the clicks themselves, because no rollup knows both. Throws StatementFailed
// with Errc::overflow when the brand has more than scanned_clicks_max clicks in the period.
inline constexpr std::int64_t scanned_clicks_max = 2'000'000;
std::vector<WordCount> count_words_of_links(storage::Session& clicks, const ClickScope& scope,
                                            std::int64_t dimension);
std::map<std::int64_t, std::string> read_words(storage::Session& clicks, std::int64_t dimension);

struct HourCount {
  core::Day day;
  std::int64_t hour;
  std::int64_t link;
  core::ClickVerdict verdict;
  std::int64_t clicks;
  std::int64_t unnamed;
};
// Whole hours; those of about the last seven days are kept.
std::vector<HourCount> count_hours(storage::Session& clicks, const ClickScope& scope);

// From when on which version of the rules judged, the newest first.
using RulesVersions = std::vector<std::pair<core::Instant, std::int64_t>>;
RulesVersions read_rules_versions(storage::Session& clicks, core::Instant before);

}  // namespace fairlead::admin

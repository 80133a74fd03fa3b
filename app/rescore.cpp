#include <boost/json.hpp>
#include <iostream>

#include "app/commands.hpp"
#include "core/click_verdict.hpp"
#include "redirect/click_record.hpp"
#include "redirect/redirect.hpp"
#include "storage/storage.hpp"

namespace fairlead::app {

namespace {

using Counts = std::map<core::ClickVerdict, std::int64_t>;

std::int64_t count_of(const Counts& counts, core::ClickVerdict verdict) {
  const auto found = counts.find(verdict);
  return found == counts.end() ? 0 : found->second;
}

// "2026-03-01" (from its first moment in UTC) or "2026-03-01T12:00:00Z".
core::Result<core::Instant> instant_of(const std::string& text) {
  const bool is_day = text.find('T') == std::string::npos;
  auto instant = core::parse_instant(is_day ? text + "T00:00:00Z" : text);
  if (instant) return instant;
  return core::fail(core::Errc::config, "--since " + text +
                                            ": must be a day or an instant, such as 2026-03-01 or "
                                            "2026-03-01T12:00:00Z");
}

boost::json::object json_of(const Counts& counts) {
  boost::json::object object;
  for (const auto& [verdict, count] : counts)
    object[core::name_of(verdict)] = count;
  return object;
}

void print_json(const redirect::RescoreReport& report) {
  boost::json::array links;
  for (const auto& [link, effect] : report.links)
    links.push_back({{"link_id", link.text()},
                     {"slug", effect.slug},
                     {"before", json_of(effect.before)},
                     {"after", json_of(effect.after)}});
  std::cout << boost::json::serialize(
                   boost::json::object{{"rules", redirect::rules_text()},
                                       {"since", core::format_instant(report.since)},
                                       {"clicks", report.clicks},
                                       {"changed", report.changed},
                                       {"links", links}})
            << "\n";
}

// One line for each link whose numbers change: "mia   valid 120 → 118, duplicate 3 → 5".
void print_text(const redirect::RescoreReport& report, core::Instant asked, bool is_dry_run) {
  if (report.since > asked)
    std::cout << "Judged from " << core::format_instant(report.since)
              << " on: of the days before, clicks were removed.\n";
  for (const auto& [link, effect] : report.links) {
    std::string line;
    for (std::size_t i = 0; i < redirect::verdict_count; ++i) {
      const auto verdict = static_cast<core::ClickVerdict>(i);
      const std::int64_t before = count_of(effect.before, verdict);
      const std::int64_t after = count_of(effect.after, verdict);
      if (before == after) continue;
      line += (line.empty() ? "" : ", ") + std::string(core::name_of(verdict)) + " " +
              std::to_string(before) + " → " + std::to_string(after);
    }
    if (!line.empty()) std::cout << link.text() << "  " << effect.slug << "  " << line << "\n";
  }
  std::cout << report.clicks << " clicks judged by rules " << redirect::rules_text() << "; "
            << report.changed << (is_dry_run ? " would change" : " changed") << "\n";
}

}  // namespace

int rescore(const Config& config, const RescoreRequest& request) {
  const auto since = instant_of(request.since);
  if (!since) return report_failure("rescore", since.error());
  auto main = storage::open_read_only({.url = config.database_url()});
  if (!main) return report_failure("rescore", main.error());
  auto clicks =
      storage::open({.url = "sqlite:" + config.clicks_file(), .schema = storage::Schema::clicks});
  if (!clicks) return report_failure("rescore", clicks.error());
  if (auto completed = redirect::complete_rollups(**main, **clicks); !completed)
    return report_failure("rescore", completed.error());
  const auto report = redirect::rescore(
      **main, **clicks,
      {.since = *since,
       .duplicate_window_s = static_cast<std::uint32_t>(config.duplicate_window_s),
       .refuse_datacenters = config.refuse_datacenters,
       .is_dry_run = request.is_dry_run});
  if (!report) return report_failure("rescore", report.error());
  if (request.output == Output::json) {
    print_json(*report);
  } else {
    print_text(*report, *since, request.is_dry_run);
  }
  return 0;
}

}  // namespace fairlead::app

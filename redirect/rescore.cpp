#include "redirect/rescore.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "redirect/bot_lists.hpp"
#include "redirect/bots.hpp"
#include "redirect/brands.hpp"
#include "redirect/rejudge.hpp"
#include "redirect/repeat_judge.hpp"
#include "redirect/retention.hpp"
#include "redirect/sql.hpp"
#include "storage/each_row.hpp"

namespace fairlead::redirect {

namespace {

using core::ClickVerdict;

constexpr std::int64_t page_rows = 10'000;

// What is stored of a click that its verdict can depend on.
struct StoredClick {
  core::ClickId id;
  core::LinkId link;
  ClickVerdict verdict;
  std::string rule;
  std::int64_t visitor = 0;
  std::uint32_t flags = 0;
};

// Clicks whose token came back with an order.
using Returned = std::set<core::ClickId>;

Returned returned_clicks(storage::Session& main) {
  Returned all;
  std::array<std::int64_t, 3> after{INT64_MIN, INT64_MIN, INT64_MIN};  // brand, order, position
  const auto take = [&](const storage::Row& row) {
    after = {row.integer(0), row.integer(1), row.integer(2)};
    all.insert(row.id<core::ClickId>(3));
  };
  storage::each_row(main, sql::list_returned_clicks_after, page_rows, take, after[0], after[1],
                    after[2]);
  return all;
}

class Rescorer {
 public:
  Rescorer(const RescoreRequest& request, const RuleBook& rules, const Returned& returned)
      : request_(request),
        rules_(rules),
        returned_(returned),
        repeats_({.duplicate_window_s = request.duplicate_window_s,
                  .person_minute_max = 0,
                  .network_minute_max = 0}) {}

  // In the order of their ids. The rule stays the one that hit, so that a later version of the
  // rules can be asked about it again.
  NewVerdict judge(const StoredClick& click) {
    NewVerdict now{click.id, first_verdict(click), click.rule};
    if (now.verdict == ClickVerdict::prefetch && returned_.contains(click.id))
      now = {click.id, ClickVerdict::valid, std::string(rule_activated)};
    if (now.verdict == ClickVerdict::valid) now.verdict = among_others(click);
    return now;
  }

 private:
  static bool is_about_others(ClickVerdict verdict) {
    return verdict == ClickVerdict::valid || verdict == ClickVerdict::duplicate ||
           verdict == ClickVerdict::flood || verdict == ClickVerdict::datacenter;
  }

  ClickVerdict first_verdict(const StoredClick& click) const {
    // Of clicks from before the rule was stored, a verdict by rule is all there is.
    if (click.rule.empty() && !is_about_others(click.verdict)) return click.verdict;
    const bool is_by_rule =
        !click.rule.empty() && click.rule != rule_activated && click.rule != rule_datacenter;
    const ClickVerdict verdict =
        is_by_rule ? rules_(click.rule).value_or(ClickVerdict::valid) : ClickVerdict::valid;
    const bool is_refused = (click.flags & flag_datacenter) != 0 && request_.refuse_datacenters;
    return verdict == ClickVerdict::valid && is_refused ? ClickVerdict::datacenter : verdict;
  }

  // Floods stay: the user agents of a network are not kept. So do repeats of whom nobody may know.
  ClickVerdict among_others(const StoredClick& click) {
    const bool was_repeat =
        click.verdict == ClickVerdict::flood || click.verdict == ClickVerdict::duplicate;
    if (click.visitor == 0) return was_repeat ? click.verdict : ClickVerdict::valid;
    ClickRecord record{.id = click.id, .link = click.link};
    record.who = static_cast<std::uint64_t>(click.visitor);
    const ClickVerdict repeat = repeats_.judge(record);
    return click.verdict == ClickVerdict::flood ? ClickVerdict::flood : repeat;
  }

  const RescoreRequest& request_;
  const RuleBook& rules_;
  const Returned& returned_;
  RepeatJudge repeats_;
};

StoredClick stored_click(const storage::Row& row) {
  StoredClick click;
  click.id = row.id<core::ClickId>(0);
  click.link = row.id<core::LinkId>(1);
  click.verdict = static_cast<ClickVerdict>(row.integer(2));
  click.rule = row.text(3);
  click.visitor = row.is_null(4) ? 0 : row.integer(4);
  click.flags = static_cast<std::uint32_t>(row.integer(5));
  return click;
}

void note(RescoreReport& report, const StoredClick& click, ClickVerdict now) {
  ++report.clicks;
  RescoreReport::OfLink& link = report.links[click.link];
  ++link.before[click.verdict];
  ++link.after[now];
  if (click.verdict != now) ++report.changed;
}

core::Result<void> name_links(storage::Database& main, RescoreReport& report) {
  return main.read([&](storage::Session& session) {
    for (auto& [link, of_link] : report.links) {
      const storage::Rows found = session.run(sql::find_link_slug, link);
      if (!found.empty()) of_link.slug = found.one().text(0);
    }
  });
}

// Where clicks were removed only whole days are judged: visitors are counted anew from all clicks
// of their day. And a repeat is known by the click before, which must be there.
core::Instant judged_from(storage::Session& clicks, const std::vector<BrandRecord>& brands,
                          core::Instant since, std::int64_t window_micros) {
  const std::int64_t boundary = clicks_from(clicks);
  if (boundary == 0) return since;
  return std::max(since, KeptDays(boundary, brands).all_from().plus_micros(window_micros));
}

}  // namespace

std::optional<ClickVerdict> present_rule(std::string_view rule) {
  if (const auto known = verdict_of_rule(rule)) return known;
  const std::span<const ListedPattern> patterns = listed_patterns();
  const auto listed = std::find_if(patterns.begin(), patterns.end(),
                                   [&](const ListedPattern& one) { return one.name == rule; });
  if (listed != patterns.end())
    return listed->is_preview ? ClickVerdict::preview : ClickVerdict::bot;
  const std::size_t blank = rule.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  std::string text(rule.substr(blank + 1));
  std::erase(text, '\\');
  const std::string agent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0 " + text;
  const ClickVerdict verdict = read_agent(agent).judged.verdict;
  return verdict == ClickVerdict::valid ? std::nullopt : std::optional(verdict);
}

core::Result<RescoreReport> rescore_by(storage::Database& main, storage::Database& clicks,
                                       const RescoreRequest& request, const RuleBook& rules,
                                       std::int64_t version) {
  Returned returned;
  std::vector<BrandRecord> brands;
  auto looked = main.read([&](storage::Session& session) {
    returned = returned_clicks(session);
    brands = read_brands(session);
  });
  if (!looked) return looked.error();

  const std::int64_t window_micros = std::int64_t{request.duplicate_window_s} * 1'000'000;
  RescoreReport report;
  const auto since = clicks.read([&](storage::Session& session) {
    return judged_from(session, brands, request.since, window_micros);
  });
  if (!since) return since.error();
  report.since = *since;
  Rescorer rescorer(request, rules, returned);
  std::vector<NewVerdict> changes;
  const auto write = [&]() -> core::Result<void> {
    if (request.is_dry_run || changes.empty()) return {};
    const auto done = clicks.transact(
        [&](storage::Session& session) { return rejudge(session, changes, brands); });
    if (!done) return done.error();
    changes.clear();
    return {};
  };

  // The clicks of one window before tell which of the first ones are repeats.
  const core::ClickId first{core::first_id_at(report.since)};
  std::int64_t after = core::first_id_at({report.since.micros - window_micros}) - 1;
  for (std::int64_t rows_read = page_rows; rows_read == page_rows;) {
    // Judged outside: what is read may be read twice, and judging remembers.
    const auto rows = clicks.read([&](storage::Session& session) {
      return session.run(sql::list_clicks_to_rescore_after, after, page_rows);
    });
    if (!rows) return rows.error();
    rows_read = static_cast<std::int64_t>(rows->size());
    for (const storage::Row& row : *rows) {
      const StoredClick click = stored_click(row);
      NewVerdict now = rescorer.judge(click);
      after = click.id.number;
      if (click.id < first) continue;
      note(report, click, now.verdict);
      if (now.verdict != click.verdict) changes.push_back(std::move(now));
    }
    if (changes.size() < rescore_changes_max) continue;
    if (auto written = write(); !written) return written.error();
  }
  if (auto written = write(); !written) return written.error();
  if (auto named = name_links(main, report); !named) return named.error();
  if (request.is_dry_run) return report;
  const auto noted = clicks.transact(
      [&](storage::Session& session) { set_rules_version(session, first, version); });
  if (!noted) return noted.error();
  return report;
}

std::string rules_text() {
  return std::to_string(rules_version) + " (" + std::string(list_versions()) + ")";
}

core::Result<RescoreReport> rescore(storage::Database& main, storage::Database& clicks,
                                    const RescoreRequest& request) {
  return rescore_by(main, clicks, request, present_rule, rules_version);
}

}  // namespace fairlead::redirect

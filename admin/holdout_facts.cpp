#include "admin/holdout_facts.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "admin/reports_scope.hpp"
#include "admin/sql.hpp"
#include "core/click_verdict.hpp"

namespace fairlead::admin {

namespace {

namespace json = boost::json;
using attribution::RunClicks;
using attribution::RunFacts;
using attribution::RunKind;
using attribution::RunOrder;

// As redirect/holdout.hpp writes them into a click's flags, frozen.
constexpr std::int64_t flag_in_run = 1 << 16;
constexpr std::int64_t flag_held_out = 1 << 17;
constexpr int flag_run_shift = 18;

constexpr std::int64_t ms_per_hour = 3'600'000;

std::int64_t number_in(const json::object& settings, std::string_view name) {
  const auto* const value = settings.if_contains(name);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

RunRow run_of(const storage::Row& row) {
  RunRow run{.link = row.id<core::LinkId>(0), .slug = row.text(1), .version = row.integer(2)};
  const json::object settings = json::parse(row.text(3)).as_object();
  const std::string kind(settings.at("kind").as_string());
  run.kind = kind == "visitor"  ? RunKind::visitor
             : kind == "region" ? RunKind::region
                                : RunKind::time;
  run.withhold = settings.at("withhold").as_string();
  run.share_ppm = number_in(settings, "share_ppm");
  run.window_ms = number_in(settings, "window_hours") * ms_per_hour;
  run.windows_from = core::parse_instant(settings.at("starts_at").as_string()).value();
  run.starts_at = row.instant(4);
  run.ends_at = row.instant(5);
  for (const std::size_t column : {6U, 7U}) {
    const auto at = row.maybe_instant(column);
    if (at) run.stopped_at = std::min(*at, run.stopped_at.value_or(*at));
  }
  if (run.stopped_at && *run.stopped_at >= run.ends_at) run.stopped_at.reset();
  return run;
}

std::int64_t ms_of(core::ClickId click) {
  return core::instant_of_id(click.number).micros / 1'000;
}

std::string window_of(const RunRow& run, core::ClickId click) {
  return std::to_string((ms_of(click) - run.windows_from.micros / 1'000) / run.window_ms);
}

std::vector<RunClicks> read_clicks(storage::Session& session, core::BrandId brand,
                                   const RunRow& run) {
  const std::int64_t first = core::first_id_at(run.starts_at);
  const std::int64_t last = core::first_id_at(run.end());
  storage::Rows rows;
  switch (run.kind) {
    case RunKind::visitor:
      rows = session.run(sql::report_run_visitors, brand, run.link, first, last, run.version);
      break;
    case RunKind::region:
      rows = session.run(sql::report_run_regions, brand, run.link, first, last, run.version);
      break;
    case RunKind::time: {
      // Ids hold milliseconds since 2020 above their 22 low bits.
      const std::int64_t from = core::first_id_at(run.windows_from) >> 22;
      rows = session.run(sql::report_run_windows, brand, run.link, first, last, run.version, from,
                         run.window_ms);
      break;
    }
  }
  std::vector<RunClicks> clicks;
  for (const storage::Row& row : rows)
    clicks.push_back({.unit = row.text(0),
                      .is_held_out = row.integer(1) != 0,
                      .clicks = row.integer(2),
                      .visitors = row.integer(3)});
  return clicks;
}

struct OrderRow {
  std::int64_t order = 0;
  core::ClickId click;
  std::string currency;
  std::int64_t net_revenue_minor = 0;
};

std::vector<OrderRow> read_orders(storage::Session& session, core::BrandId brand,
                                  const RunRow& run) {
  std::vector<OrderRow> orders;
  for (const storage::Row& row : within_limit(session.run(
           sql::report_run_orders, brand, run.link, run.starts_at, run.end(), report_rows_max)))
    orders.push_back(
        {row.integer(0), row.id<core::ClickId>(1), row.text(2), row.integer(3) - row.integer(4)});
  return orders;
}

// A repeat of a valid click within seconds is the same visitor; what a machine has clicked is none.
bool is_of_visitor(std::int64_t verdict) {
  return verdict == static_cast<std::int64_t>(core::ClickVerdict::valid) ||
         verdict == static_cast<std::int64_t>(core::ClickVerdict::duplicate);
}

std::optional<RunOrder> in_run(storage::Session& clicks, const RunRow& run, const OrderRow& order) {
  const storage::Rows rows = clicks.run(sql::report_run_click, order.click);
  if (rows.empty()) return std::nullopt;
  const storage::Row& row = rows.one();
  const std::int64_t flags = row.integer(0);
  if ((flags & flag_in_run) == 0 || flags >> flag_run_shift != run.version ||
      !is_of_visitor(row.integer(1)))
    return std::nullopt;
  RunOrder found{.is_held_out = (flags & flag_held_out) != 0,
                 .visitor = row.integer_or(2, 0),
                 .currency = order.currency,
                 .net_revenue_minor = order.net_revenue_minor};
  if (run.kind == RunKind::region) found.unit = row.text(3);
  if (run.kind == RunKind::time) found.unit = window_of(run, order.click);
  return found;
}

}  // namespace

std::vector<RunRow> read_runs(storage::Session& session, core::BrandId brand,
                              const RunsAsked& asked) {
  std::vector<RunRow> runs;
  for (const storage::Row& row : within_limit(session.run(
           sql::report_runs, brand, asked.link, asked.campaign, asked.version, report_rows_max)))
    runs.push_back(run_of(row));
  return runs;
}

core::Result<RunFacts> read_run_facts(storage::Database& database, storage::Database& clicks,
                                      core::BrandId brand, const RunRow& run) {
  const auto orders =
      database.read([&](storage::Session& session) { return read_orders(session, brand, run); });
  if (!orders) return orders.error();
  RunFacts facts{.kind = run.kind, .held_out_ppm = run.share_ppm};
  if (run.kind == RunKind::region) facts.held_out_ppm = 0;
  facts.seed =
      static_cast<std::uint64_t>(run.link.number) ^ static_cast<std::uint64_t>(run.version);
  bool is_removed = false;
  const auto read = clicks.read([&](storage::Session& session) {
    is_removed =
        session.run(sql::report_clicks_from).one().integer(0) > core::first_id_at(run.starts_at);
    if (is_removed) return;
    facts.clicks = read_clicks(session, brand, run);
    facts.orders.clear();
    std::int64_t last = 0;  // order that was counted
    for (const OrderRow& order : *orders) {
      if (order.order == last) continue;
      auto found = in_run(session, run, order);
      if (!found) continue;
      last = order.order;
      facts.orders.push_back(std::move(*found));
    }
  });
  if (!read) return read.error();
  if (is_removed)
    return core::fail(core::Errc::conflict,
                      "clicks of the run that began at " + core::format_instant(run.starts_at) +
                          " are removed (click_retention_days), so its arms cannot be counted");
  return facts;
}

}  // namespace fairlead::admin

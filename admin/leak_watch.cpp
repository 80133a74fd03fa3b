#include "admin/leak_watch.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "admin/leak_report.hpp"
#include "admin/sql.hpp"
#include "core/log.hpp"
#include "ledger/ledger.hpp"
#include "storage/audit.hpp"
#include "storage/each_row.hpp"

namespace fairlead::admin {

namespace {

constexpr std::string_view actor = "leak watch";
constexpr std::string_view reason = "the code is probably shared beyond its audience";

struct ZonedBrand {
  core::BrandId brand;
  std::string timezone;
};

// What the policy asks for, besides the event itself.
void carry_out(storage::Session& session, core::BrandId brand, core::Zone zone,
               const codes::LeakFinding& finding, const codes::LeakPolicy& policy,
               core::Instant now) {
  const auto wants = [&](std::string_view action) {
    return std::find(policy.actions.begin(), policy.actions.end(), action) != policy.actions.end();
  };
  boost::json::object change{
      {"p", codes::p_value_of(finding.evidence.e_value)},
      {"q", finding.q},
      {"since", core::format_day(finding.since)},
      {"placement", finding.placement},
      {"actions", boost::json::array(policy.actions.begin(), policy.actions.end())}};
  if (wants("pause")) {
    const auto paused = codes::pause_code(session, brand, finding.code);
    if (!paused) throw storage::StatementFailed{paused.error(), false};
  }
  if (wants("hold_commissions"))
    ledger::hold_commissions(session, brand, finding.code, zone.start_of(finding.since), reason,
                             actor, now);
  if (wants("notify") || wants("pause") || wants("hold_commissions"))
    storage::record_change(session, brand, now, actor, "leak_found", finding.code.text(),
                           boost::json::serialize(change));
}

// How many leaks were told.
core::Result<std::int64_t> watch_brand(storage::Database& database, storage::Database& clicks,
                                       core::BrandId brand, core::Zone zone, core::Instant now) {
  const core::Day today = zone.day_of(now);
  const auto first = today.number + 1 - static_cast<std::int32_t>(codes::leak_period_days);
  const auto findings =
      find_leaks(database, clicks,
                 {.brand = brand,
                  .zone = zone,
                  .period = {zone.start_of({first}), zone.start_of({today.number + 1})},
                  .now = now});
  if (!findings) return findings.error();
  std::int64_t told = 0;
  for (const auto& finding : *findings) {
    if (finding.verdict != codes::LeakVerdict::likely_leak) break;  // they come first
    const auto is_new = database.transact([&](storage::Session& session) {
      if (!codes::note_leak(session, brand, finding.code, finding.since, now)) return false;
      carry_out(session, brand, zone, finding, codes::find_leak_policy(session, brand), now);
      return true;
    });
    if (!is_new) return is_new.error();
    told += *is_new ? 1 : 0;
  }
  return told;
}

}  // namespace

core::Result<WatchedLeaks> watch_leaks(storage::Database& database, storage::Database& clicks,
                                       core::Instant now) {
  constexpr std::int64_t page_rows = 1'000;
  const auto brands = database.read([&](storage::Session& session) {
    std::vector<ZonedBrand> all;
    std::int64_t after = 0;
    storage::each_row(
        session, sql::list_brand_zones, page_rows,
        [&](const storage::Row& row) {
          after = row.integer(0);
          all.push_back({row.id<core::BrandId>(0), row.text(1)});
        },
        after);
    return all;
  });
  if (!brands) return brands.error();
  WatchedLeaks watched;
  for (const auto& [brand, timezone] : *brands) {
    ++watched.brands;
    const auto zone = core::Zone::parse(timezone);
    const auto told = watch_brand(database, clicks, brand, zone ? *zone : core::Zone::utc(), now);
    if (told) {
      watched.found += *told;
      continue;
    }
    ++watched.failed;
    core::log(core::Level::error, "leak_watch_failed",
              {{"brand", brand.text()}, {"detail", told.error().detail}});
  }
  return watched;
}

}  // namespace fairlead::admin

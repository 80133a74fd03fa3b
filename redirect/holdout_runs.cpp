#include "redirect/holdout_runs.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "core/crypto.hpp"
#include "redirect/holdout_fields.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

core::Error refuse(std::string why) {
  return core::fail(core::Errc::invalid, std::move(why));
}

bool goes_on(const Holdout& holdout, core::Instant now) {
  return holdout.kind != Holdout::Kind::none && holdout.ends_at > now;
}

std::uint64_t new_seed() {
  std::uint64_t seed = 0;
  core::fill_random({reinterpret_cast<std::uint8_t*>(&seed), sizeof seed});
  return seed;
}

}  // namespace

core::Result<void> settle_holdout(LinkRules& rules, const Holdout& before, core::Instant now) {
  Holdout& holdout = rules.holdout;
  if (holdout.kind == Holdout::Kind::none || holdout == before) return {};
  // Whole milliseconds, as clicks' ids have them, so that a window's clicks are told by their ids.
  const core::Instant start = holdout.starts_at.value_or(now);
  holdout.starts_at = start.plus_micros(-(start.micros % 1'000));
  if (holdout.ends_at <= now) return refuse("holdout/ends_at must be in the future");
  return check_holdout(holdout);
}

core::Result<void> check_kept(const Holdout& holdout, std::int64_t days_kept, core::Instant now) {
  constexpr std::int64_t days_to_read = 7;
  if (holdout.kind == Holdout::Kind::none || days_kept == 0) return {};
  const std::int64_t days_max = std::max<std::int64_t>(1, days_kept - days_to_read);
  if (holdout.ends_at <= holdout.starts_at.value_or(now).plus_days(days_max)) return {};
  return refuse("holdout/ends_at must be at most " + std::to_string(days_max) +
                " days after starts_at: clicks are kept for " + std::to_string(days_kept) +
                " days (click_retention_days), and the report must be read before they go");
}

core::Result<void> draw_run(LinkRules& rules, core::Instant now) {
  if (!goes_on(rules.holdout, now)) return {};
  if (rules.run.version >= run_version_max)
    return refuse("holdout: this link has had its " + std::to_string(run_version_max) +
                  " runs; make a new link");
  rules.run = {rules.run.version + 1, new_seed()};
  return {};
}

void record_run(storage::Session& session, core::BrandId brand, core::LinkId link,
                const LinkRules& before, const LinkRules& rules, core::Instant now) {
  if (goes_on(before.holdout, now))
    session.run(sql::stop_holdout_run, brand, link, std::int64_t{before.run.version}, now);
  if (!goes_on(rules.holdout, now)) return;
  session.run(sql::insert_holdout_run, brand, link, std::int64_t{rules.run.version},
              boost::json::serialize(holdout_json(rules.holdout)),
              std::max(*rules.holdout.starts_at, now), rules.holdout.ends_at, now);
}

}  // namespace fairlead::redirect

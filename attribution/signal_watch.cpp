// Signals that compare are looked for without being asked: what is found goes onto every commission
// that is evidence of it and does not have it yet.
#include <algorithm>
#include <boost/json.hpp>

#include "attribution/attribution.hpp"
#include "attribution/commission_signals.hpp"
#include "attribution/signal_facts.hpp"
#include "attribution/sql.hpp"
#include "core/log.hpp"
#include "storage/audit.hpp"
#include "storage/each_row.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

constexpr std::string_view actor = "signal watch";
constexpr std::size_t commissions_per_transaction = 500;

json::object evidence_of(const SignalFinding& finding) {
  return {{"orders", finding.orders},       {"hits", finding.hits}, {"expected", finding.expected},
          {"threshold", finding.threshold}, {"p", finding.p},       {"q", finding.q}};
}

// How many commissions got the signal.
std::int64_t note_part(storage::Session& session, core::BrandId brand, const SignalFacts& facts,
                       const SignalFinding& finding, std::span<const std::size_t> part,
                       core::Instant now) {
  const SignalPolicy policy = find_signal_policy(session, brand);
  const json::object evidence = evidence_of(finding);
  std::int64_t noted = 0;
  std::int64_t held = 0;
  for (const std::size_t index : part) {
    const SignalOrder& order = facts.orders[index];
    const Noted done = note_signal(session, brand,
                                   {.signal = finding.signal,
                                    .commission = order.commission,
                                    .order = order.order,
                                    .influencer = order.influencer,
                                    .deal = order.deal,
                                    .evidence = evidence},
                                   policy, actor, now);
    noted += done == Noted::not_new ? 0 : 1;
    held += done == Noted::held ? 1 : 0;
  }
  if (noted == 0) return 0;
  json::object change{{"signal", test_of(finding.signal).name},
                      {"commissions", noted},
                      {"held", held},
                      {"evidence", evidence}};
  storage::record_change(session, brand, now, actor, "signal_found", finding.influencer.text(),
                         json::serialize(change));
  return noted;
}

core::Result<std::int64_t> watch_brand(storage::Database& database, storage::Database* clicks,
                                       core::BrandId brand, core::Instant now) {
  const auto facts = look_at_signals(database, clicks, brand, now);
  if (!facts) return facts.error();
  std::int64_t noted = 0;
  for (const SignalFinding& finding : find_signals(*facts)) {
    if (finding.verdict != SignalVerdict::found) continue;
    const std::span<const std::size_t> evidence(finding.evidence);
    for (std::size_t first = 0; first < evidence.size(); first += commissions_per_transaction) {
      const auto part =
          evidence.subspan(first, std::min(commissions_per_transaction, evidence.size() - first));
      const auto done = database.transact([&](storage::Session& session) {
        return note_part(session, brand, *facts, finding, part, now);
      });
      if (!done) return done.error();
      noted += *done;
    }
  }
  return noted;
}

}  // namespace

core::Result<SignalFacts> look_at_signals(storage::Database& database, storage::Database* clicks,
                                          core::BrandId brand, core::Instant now) {
  return database.read([&](storage::Session& session) -> SignalFacts {
    if (clicks == nullptr) return read_signal_facts(session, nullptr, brand, now);
    auto facts = clicks->read([&](storage::Session& of_clicks) {
      return read_signal_facts(session, &of_clicks, brand, now);
    });
    if (!facts) throw storage::StatementFailed{facts.error(), false};
    return std::move(*facts);
  });
}

core::Result<WatchedSignals> watch_signals(storage::Database& database, storage::Database* clicks,
                                           core::Instant now) {
  constexpr std::int64_t brands_per_page = 1'000;
  const auto brands = database.read([&](storage::Session& session) {
    std::vector<core::BrandId> all;
    core::BrandId after;
    storage::each_row(
        session, sql::list_brands_to_watch, brands_per_page,
        [&](const storage::Row& row) {
          after = row.id<core::BrandId>(0);
          all.push_back(after);
        },
        after);
    return all;
  });
  if (!brands) return brands.error();
  WatchedSignals watched;
  for (const core::BrandId brand : *brands) {
    ++watched.brands;
    const auto noted = watch_brand(database, clicks, brand, now);
    if (noted) {
      watched.commissions += *noted;
      continue;
    }
    ++watched.failed;
    core::log(core::Level::error, "signal_watch_failed",
              {{"brand", brand.text()}, {"detail", noted.error().detail}});
  }
  return watched;
}

}  // namespace fairlead::attribution

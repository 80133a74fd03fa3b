// attribution/ takes orders and refunds from shops and gives credit to influencers. A platform
// adapter (platforms.hpp) makes a core::Order of signed bytes; touchpoints are read; a model (pure)
// decides; credits and ledger postings go into the same transaction as the order. An order is never
// refused because attribution failed.
//
// Who is paid: attribute.hpp, by the policy of the newest eligible touch's campaign. An order's
// base is Σ (unit price × quantity − discount); refunds are base money too. What is left of an
// order after refunds, chargebacks, cancellations and edits follows from net_order.hpp.
//
// Routes: POST /v1/orders, GET /v1/orders/{order_ref}, POST /v1/orders/{order_ref}/refunds;
// GET /v1/commissions, GET /v1/commissions/{id}, GET /v1/commissions/{id}/explain;
// POST /v1/webhooks/{platform}/{integration_id}, and trackers' addresses below it; GET
// /v1/webhooks/failed, …/failed/{id}, POST …/failed/{id}/replay; POST|GET /v1/integrations,
// GET|PATCH|DELETE /v1/integrations/{id}, GET /v1/integrations/{id}/deliveries?outcome=.
//
// Signs of fraud on commissions, docs/signals.md: GET /v1/signals, GET|PATCH /v1/signal_policy,
// GET /v1/reports/signals, POST /v1/commissions/{id}/decision; watch_signals().
//
// What each influencer contributed, as models of all journeys see it: read_journeys() and
// compare_models(), for admin's report. Nobody is paid by these (report_models.hpp).
//
// Tables: orders, order_lines, order_aliases, order_effects, order_effect_lines, touchpoints,
// credits, refunds, refund_lines, credit_refunds, integrations, webhook_deliveries,
// commission_signals, signal_policies.
//
// Threads: handlers run on the work pool, several at once.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/compare_models.hpp"
#include "attribution/incrementality.hpp"
#include "attribution/journeys.hpp"
#include "attribution/policy.hpp"
#include "attribution/signals.hpp"
#include "codes/codes.hpp"
#include "core/answer.hpp"
#include "core/difference.hpp"
#include "core/events.hpp"
#include "core/metrics.hpp"
#include "net/json.hpp"
#include "net/router.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

// What a click token says; wired to redirect::read_token by app/, because attribution knows no
// redirect.
struct TokenFact {
  core::ClickId click;
  core::LinkId link;
  core::Instant at;
};
using ReadToken = std::function<core::Result<TokenFact>(std::string_view token)>;

struct Dependencies {
  storage::Database& database;
  storage::Database* clicks;  // read-only view of the click file for verdicts; may be null
  ReadToken read_token;
  std::string sealing_key;  // 32 bytes; seals webhook secrets
  // Waits until the click file has what was answered before; for a click that is not there yet.
  std::function<bool()> settle_clicks = {};
  // Told which prefetches' tokens a booked order brought back; wired to
  // redirect::Redirect::activate.
  std::function<void(std::span<const core::ClickId>)> activate = {};
  codes::ReadClickCode read_click_code = {};
};

std::vector<net::Route> routes(const Dependencies& dependencies);
void collect(std::vector<core::Metric>& metrics);  // refused tokens, webhook outcomes

// A campaign's attribution settings as they are on the wire: what is left out has its default, what
// is wrong is refused by name. policy_json() gives all of them but the version.
Policy read_policy(net::Fields& fields);
boost::json::object policy_json(const Policy& policy);

// Books an order with its credits, code uses and postings in the caller's transaction. The answer
// is 201 with the contract's body; the same order again 200 with the same body; another body under
// the same order_ref 409 order_conflict that names the fields; sums that do not hold 400 or 422. A
// refusal has written nothing.
core::Answer book_order(storage::Session& session, const Dependencies& dependencies,
                        const core::Order& order, core::Instant now);
// 201; the same refund again 200 with the same body; 404 no such order; 409 refund_conflict; 422
// refund_exceeds_order or unknown_line. After a refusal the caller abandons the transaction: the
// order's row has been locked by a write.
core::Answer book_refund(storage::Session& session, const core::Refund& refund, core::Instant now);

// A brand's orders of the last 90 days as signals see them. `clicks` may be null: then nothing is
// known of networks and visitors.
core::Result<SignalFacts> look_at_signals(storage::Database& database, storage::Database* clicks,
                                          core::BrandId brand, core::Instant now);
struct WatchedSignals {
  std::int64_t brands = 0;       // looked at
  std::int64_t commissions = 0;  // that got a signal
  std::int64_t failed = 0;       // brands that could not be looked at; the log says why
};
// Looks at every brand and puts what is found onto the commissions, held where the brand's policy
// says so. Doing it again adds nothing. Blocking; call it from one thread. An error when the brands
// cannot be listed.
core::Result<WatchedSignals> watch_signals(storage::Database& database, storage::Database* clicks,
                                           core::Instant now);

// Recomputes every credit and every credit's share of every refund from orders, touchpoints and
// refunds. Empty when all agree.
core::Differences verify(storage::Session& session);

}  // namespace fairlead::attribution

// codes/ answers a shop's question at checkout: is this code good, and what does it take off? A
// limit of N is never exceeded, whether a use is taken at once or held first (capacity.hpp says
// how).
//
// Where to look, in reading order:
//   ask and take  terms.hpp, what a code says · cart.hpp · verdict.hpp and rules.hpp, why it is
//                 refused · discount.hpp, what it takes off · life.hpp, what becomes of a use (all
//                 pure) · question.hpp, the wire · standing.hpp, what is known of the customer ·
//                 stack.hpp, several codes in a cart · uses.hpp, asking and taking · taking.hpp ·
//                 capacity.hpp, the limits · use_rows.hpp, the ledger of uses · answers.hpp and
//                 reasons.hpp, what a shop is told · click_codes.hpp, codes of one click ·
//                 page_check.hpp and guess_limits.hpp, a shop's own page
//   give back     give_back.hpp, by the shop · privacy.hpp, a person's
//   edit          stored_code.hpp · term_fields.hpp and term_json.hpp, terms on the wire
//                 and in a column
//   make          code_text.hpp, what a text is compared by · code_looks.hpp, codes a shopper would
//                 confuse · proposals.hpp, texts from names · batches.hpp and batch_maker.hpp, a
//                 million at once · code_sheet.hpp, CSV · code_copies.hpp, variants and successors
//   leak          leaks.hpp
// Tables: codes, campaign_code_limits, code_limit_counters, code_limit_slots, code_uses,
// code_rollbacks, code_looks, code_batches, leak_policies, code_leaks, code_shop_ids.
//
// Routes: POST|GET /v1/codes, GET|PATCH|DELETE /v1/codes/{id}, GET …/qr.svg|png, POST
// /v1/codes/validate, …/reserve, …/redeem, …/release, …/rollback, …/propose, …/bulk, …/import, GET
// /v1/codes/batches/{id}, /v1/codes.csv, POST|GET /v1/codes/{id}/variants, GET|PUT
// /v1/campaigns/{id}/code_limits, /v1/codes/{id}/shop_ids; POST /v1/codes/check (page_check.hpp).
// Threads: handlers run on the work pool, several at once; functions with a Session inside its
// transaction.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "codes/code_text.hpp"
#include "codes/leaks.hpp"
#include "codes/terms.hpp"
#include "core/difference.hpp"
#include "core/events.hpp"
#include "net/json.hpp"
#include "net/router.hpp"
#include "storage/storage.hpp"

namespace fairlead::codes {

// What a click token says, when it is one of ours.
struct ClickFact {
  core::LinkId link;
  core::Instant at;
};
// The click whose code ends in these letters: nothing when they are forged, or of another brand or
// code. Wired to redirect::read_click_code by app/, because codes knows no redirect. Any thread.
using ReadClickCode = std::function<std::optional<core::ClickId>(
    core::BrandId brand, core::CodeId code, std::string_view digits)>;

struct Dependencies {
  storage::Database& database;
  // Any thread. Without it no cart has a click.
  std::function<std::optional<ClickFact>(std::string_view token)> read_click = {};
  ReadClickCode read_click_code = {};      // without it codes of clicks are unknown
  std::string public_url = {};             // of links on the default domain; "" = there is none
  std::function<void()> batch_asked = {};  // called after a batch was committed
};
std::vector<net::Route> routes(const Dependencies& dependencies);

// Who a code belongs to, archived and expired codes included: an order may name any code that ever
// was, by its text or by an id that shops have for it.
struct CodeOwner {
  core::CodeId code;
  core::DealId deal;
  core::InfluencerId influencer;
  core::CampaignId campaign;
  core::ClickId click;  // of a code that was made for one click; else none
};
std::optional<CodeOwner> find_owner(storage::Session& session, core::BrandId brand,
                                    std::string_view code);
// As find_owner, and the code of a click gets its row here: an order names it. Writes then.
std::optional<CodeOwner> take_owner(storage::Session& session, core::BrandId brand,
                                    std::string_view code, const ReadClickCode& read_click_code,
                                    core::Instant now);

// Makes sure that an order's uses of its codes are in the ledger of uses, once per order and code;
// a hold of the order is confirmed. An order already paid is never refused: beyond a limit the use
// is stored with state "over_limit" and counted apart. What a use spends is what the code's terms
// give for the order's lines, but never more than the discount the order itself shows. A test order
// and an unknown code leave nothing.
void note_order_uses(storage::Session& session, const std::set<core::CodeId>& codes,
                     const core::Order& order, core::Instant now);

// The parts that carts and orders share. Problems are noted in `body`. `items` may be absent or
// empty and holds at most 500; no line, and no line's discount, exceeds 10^15 minor units.
std::vector<core::Item> read_items(net::Fields& body);
// {key?, email_sha256?, is_new?, groups?}; the hash comes back in lower case.
core::Customer read_customer(net::Fields& body);

// made: somebody chose its text here. imported: a shop has it, so its text may hold anything that
// folds. generated: one of a batch; nobody types it by heart, so it has no looks (code_looks.hpp).
enum class CodeOrigin : std::uint8_t { made, imported, generated };

struct NewCode {
  core::DealId deal;
  std::string text;
  // The currency counts for a fixed amount only; other amounts are in the campaign's.
  Terms terms;
  CodeOrigin origin = CodeOrigin::made;
};
// Errc::not_found: no such deal of this brand; Errc::conflict: the code exists; Errc::invalid.
core::Result<core::CodeId> create_code(storage::Session& session, core::BrandId brand,
                                       const NewCode& code, core::Instant now);

// Recounts counters and slots from the ledger of uses. Empty when all agree.
core::Differences verify(storage::Session& session);

}  // namespace fairlead::codes

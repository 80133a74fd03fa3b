// What a brand does about a code that has probably leaked, and what it wants done by itself.
#include <algorithm>
#include <boost/json/serialize.hpp>

#include "admin/resource.hpp"
#include "admin/resources.hpp"
#include "admin/sql.hpp"
#include "codes/codes.hpp"
#include "core/check.hpp"
#include "core/host_name.hpp"
#include "ledger/ledger.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"

namespace fairlead::admin {

namespace json = boost::json;

namespace {

constexpr std::int64_t coupon_hosts_max = 200;
constexpr net::TextRule reason_rule{.min = 3, .max = 200};

struct Asked {
  std::string action;
  std::string code;                                       // of rotate; "" = one is made
  codes::Similar similar = codes::Similar::refuse_slips;  // of rotate
  std::optional<core::Instant> from;                      // of hold_commissions
  std::string reason;                                     // of hold_commissions, for the influencer
  std::string note;                                       // for the log
};

Asked read_action(net::Fields& body) {
  Asked asked;
  asked.action = body.one_of(
      "action", {"notify", "pause", "rotate", "hold_commissions", "release_commissions"});
  asked.note = body.maybe_text("note", {.min = 1, .max = 500}).value_or("");
  if (asked.action == "rotate") {
    asked.code = body.maybe_text("code", {.min = 1, .max = 64}).value_or("");
    if (body.maybe_boolean("allow_similar").value_or(false))
      asked.similar = codes::Similar::allow_slips;
  }
  if (asked.action == "hold_commissions") {
    asked.from = body.instant("from");
    asked.reason = body.text("reason", reason_rule);
  }
  return asked;
}

core::Answer refuse_rotation(const codes::RefusedRotation& refused) {
  switch (refused.why) {
    case codes::RotationRefusal::no_such_code:
      return no_such("code");
    case codes::RotationRefusal::archived:
    case codes::RotationRefusal::rotated:
      return net::problem(409, "not_rotatable", refused.detail);
    case codes::RotationRefusal::placement_taken:
      return net::problem(409, "placement_taken", refused.detail);
    case codes::RotationRefusal::text_taken:
      return net::problem(409, "code_taken", refused.detail);
    case codes::RotationRefusal::text_too_similar:
      return net::problem(409, "code_too_similar", refused.detail);
    case codes::RotationRefusal::bad_text:
      return net::problem(400, "invalid_request", refused.detail,
                          {{"/code", "invalid_value", refused.detail}});
  }
  CHECK(false);
}

// Carries it out; an answer is a refusal. What was done is added to `done`.
std::optional<core::Answer> carry_out(storage::Session& session, const net::Call& call,
                                      core::CodeId code, const Asked& asked, json::object& done) {
  const auto brand = call.who.brand;
  const auto actor = call.who.key.text();
  if (asked.action == "pause") {
    if (const auto paused = codes::pause_code(session, brand, code); !paused)
      return net::problem_of(paused.error());
    done["enabled"] = false;
  } else if (asked.action == "rotate") {
    const auto rotated =
        codes::rotate_code(session, brand, code, asked.code, asked.similar, call.now);
    if (!rotated) return refuse_rotation(rotated.error());
    done["enabled"] = false;
    done["replaced_by"] = rotated->successor.text();
    done["code"] = rotated->text;
    storage::record_change(
        session, brand, call.now, actor, "created", rotated->successor.text(),
        json::serialize(json::object{{"code", rotated->text}, {"replaces", code.text()}}));
  } else if (asked.action == "hold_commissions") {
    ledger::hold_commissions(session, brand, code, *asked.from, asked.reason, actor, call.now);
    const auto hold = ledger::find_hold(session, brand, code);
    done["held_from"] = core::format_instant(hold->from);
    done["reason"] = hold->reason;
  } else if (asked.action == "release_commissions") {
    if (!ledger::release_commissions(session, brand, code, actor, call.now))
      return net::problem(409, "not_held", "No hold stands on the commissions of this code.");
  }
  return std::nullopt;
}

core::Answer act(storage::Database& database, const net::Call& call) {
  const auto id = core::CodeId::parse(call.values[0]);
  if (!id) return no_such("code");
  net::Fields body(call.request.body);
  const auto asked = read_action(body);
  if (auto refusal = body.refusal()) return *refusal;
  return net::answer_of(
      storage::once(database, net::idempotency_key(call), call.now, [&](storage::Session& session) {
        if (session.run(sql::find_code_of_brand, call.who.brand, *id).empty())
          return no_such("code");
        json::object done{{"code_id", id->text()}, {"action", asked.action}};
        if (auto refusal = carry_out(session, call, *id, asked, done)) return *refusal;
        if (!asked.note.empty()) done["note"] = asked.note;
        storage::record_change(session, call.who.brand, call.now, call.who.key.text(),
                               "leak_" + asked.action, id->text(), json::serialize(done));
        done["at"] = core::format_instant(call.now);
        return net::json_answer(200, done);
      }));
}

core::Answer policy_answer(const codes::LeakPolicy& policy) {
  auto answer = net::json_answer(
      200, json::object{{"actions", json::array(policy.actions.begin(), policy.actions.end())},
                        {"coupon_hosts",
                         json::array(policy.coupon_hosts.begin(), policy.coupon_hosts.end())}});
  answer.headers.emplace_back("ETag", net::etag_of(policy.version));
  return answer;
}

core::Answer read_policy(storage::Database& database, const net::Call& call) {
  return net::answer_of(database.read([&](storage::Session& session) {
    return policy_answer(codes::find_leak_policy(session, call.who.brand));
  }));
}

void change_actions(net::Fields& body, codes::LeakPolicy& policy) {
  if (!body.has("actions")) return;
  policy.actions = body.texts("actions", 3);
  for (const auto& action : policy.actions) {
    if (action == "notify" || action == "pause" || action == "hold_commissions") continue;
    body.refuse("actions", "invalid_value",
                "actions may hold notify, pause and hold_commissions; rotate needs a person, who "
                "tells the influencer the new code");
  }
  if (std::find(policy.actions.begin(), policy.actions.end(), "notify") == policy.actions.end() &&
      !policy.actions.empty())
    body.refuse("actions", "invalid_value",
                "actions must hold notify when it holds others: nothing is done in silence");
}

void change_coupon_hosts(net::Fields& body, codes::LeakPolicy& policy) {
  if (!body.has("coupon_hosts")) return;
  policy.coupon_hosts.clear();
  for (const auto& given : body.texts("coupon_hosts", coupon_hosts_max, {.min = 1, .max = 253})) {
    const auto host = core::host_name(given);
    if (!host || host->find('.') == host->npos) {
      body.refuse("coupon_hosts", "invalid_value",
                  "\"" + given + "\" must be a host such as \"deals.example\", without https://");
      continue;
    }
    policy.coupon_hosts.push_back(*host);
  }
}

core::Answer change_policy(storage::Database& database, const net::Call& call) {
  return net::answer_of(database.transact([&](storage::Session& session) -> core::Answer {
    const auto before = codes::find_leak_policy(session, call.who.brand);
    if (auto stale = net::refuse_stale(call.request, before.version)) return *stale;
    net::Fields body(call.request.body);
    auto after = before;
    change_actions(body, after);
    change_coupon_hosts(body, after);
    if (auto refusal = body.refusal()) return *refusal;
    if (after.actions == before.actions && after.coupon_hosts == before.coupon_hosts)
      return policy_answer(before);
    codes::put_leak_policy(session, call.who.brand, after);
    const auto stored = codes::find_leak_policy(session, call.who.brand);
    auto answer = policy_answer(stored);
    storage::record_change(session, call.who.brand, call.now, call.who.key.text(), "updated",
                           "leak_policy", answer.body);
    return answer;
  }));
}

}  // namespace

std::vector<net::Route> leak_routes(storage::Database& database) {
  const auto bound = [&database](auto function) -> net::Handler {
    return [&database, function](const net::Call& call) { return function(database, call); };
  };
  constexpr auto writers = net::only(net::Role::admin);
  return {
      {net::Method::post, "/v1/codes/{id}/leak_actions", writers, bound(act)},
      {net::Method::get, "/v1/leak_policy", net::Role::admin | net::Role::viewer,
       bound(read_policy)},
      {net::Method::patch, "/v1/leak_policy", writers, bound(change_policy)},
  };
}

}  // namespace fairlead::admin

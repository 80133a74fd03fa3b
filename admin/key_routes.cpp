#include <algorithm>
#include <boost/json/serialize.hpp>

#include "admin/keys.hpp"
#include "admin/resource.hpp"
#include "admin/resources.hpp"
#include "admin/sql.hpp"
#include "net/listing.hpp"
#include "net/origin.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"

namespace fairlead::admin {

namespace json = boost::json;

namespace {

json::value maybe_time(const std::optional<core::Instant>& at) {
  if (!at) return nullptr;
  return json::value(core::format_instant(*at));
}

json::object key_json(const KeyInfo& key) {
  json::object body;
  body["id"] = key.id.text();
  body["role"] = name_of(key.role);
  body["public_id"] = key.public_id;
  body["influencer_id"] = key.influencer ? json::value(key.influencer.text()) : json::value();
  body["origins"] = nullptr;
  if (key.role == net::Role::browser)
    body["origins"] = json::array(key.origins.begin(), key.origins.end());
  body["note"] = key.note;
  body["created_at"] = core::format_instant(key.created_at);
  body["expires_at"] = maybe_time(key.expires_at);
  body["revoked_at"] = maybe_time(key.revoked_at);
  return body;
}

std::optional<KeyInfo> find_key(storage::Session& session, core::BrandId brand, core::KeyId id) {
  auto keys = load_keys(session, brand, id.number - 1, id.number, 1);
  if (keys.empty()) return std::nullopt;
  return std::move(keys.front());
}

// Each once, in the form in which browsers send it. What `origins` of a body must be for a key of
// role browser; for another it must not be there.
std::vector<std::string> read_origins(net::Fields& body, net::Role role) {
  if (role != net::Role::browser) {
    if (body.has("origins")) {
      body.refuse("origins", "invalid_value",
                  "origins belongs to keys of role browser only; leave it out.");
    }
    body.raw("origins");
    return {};
  }
  std::vector<std::string> origins;
  for (const std::string& text : body.texts("origins", origins_max, {.min = 1, .max = 300})) {
    const auto origin = net::check_origin(text);
    if (!origin) {
      body.refuse("origins", "invalid_value", "\"" + text + "\": " + origin.error().detail + ".");
    } else if (std::find(origins.begin(), origins.end(), *origin) == origins.end()) {
      origins.push_back(*origin);
    }
  }
  const auto* given = body.raw("origins");
  if (given == nullptr || given->is_null() || (given->is_array() && given->as_array().empty())) {
    body.refuse("origins", "required",
                "origins must name 1 to 20 pages' origins, such as [\"https://shop.example\"].");
  }
  return origins;
}

NewKey read_key(storage::Session& session, net::Fields& body, const net::Call& call) {
  NewKey key{};
  const std::string role =
      body.one_of("role", {"admin", "viewer", "shop", "influencer", "browser"});
  key.role = role_named(role).value_or(net::Role::viewer);
  key.note = body.maybe_text("note", {0, 200}).value_or("");
  key.expires_at = body.maybe_instant("expires_at");
  if (key.expires_at && *key.expires_at <= call.now) {
    body.refuse("expires_at", "out_of_range", "expires_at must be in the future.");
  }
  body.raw("influencer_id");  // null is as good as absent
  if (key.role == net::Role::influencer) {
    key.influencer.number =
        read_reference(body, "influencer_id", core::InfluencerTag::prefix, "an influencer");
    if (key.influencer && !has_influencer(session, call.who.brand, key.influencer.number)) {
      refuse_reference(body, "influencer_id", "an influencer");
    }
  } else if (body.has("influencer_id")) {
    body.refuse("influencer_id", "invalid_value",
                "influencer_id belongs to keys of role influencer only; leave it out.");
  }
  key.origins = read_origins(body, key.role);
  return key;
}

// The secret is given once and kept nowhere: not in the memory of Idempotency-Key either, so a
// repeated request is told of the same key without its secret.
core::Answer create(storage::Database& database, const net::Call& call) {
  std::string secret;
  json::object shown;
  auto answer = storage::once(
      database, net::idempotency_key(call), call.now,
      [&](storage::Session& session) -> core::Answer {
        secret.clear();
        net::Fields body(call.request.body);
        const NewKey key = read_key(session, body, call);
        if (auto refusal = body.refusal()) return *refusal;
        CreatedKey created = store_key(session, call.who.brand, key, call.now);
        secret = std::move(created.secret_text);
        shown = key_json(find_key(session, call.who.brand, created.id).value());
        shown["secret"] = nullptr;
        storage::record_change(session, call.who.brand, call.now, call.who.key.text(), "created",
                               created.id.text(),
                               json::serialize(json::object{{"role", name_of(key.role)}}));
        return net::json_answer(201, shown);
      });
  if (answer && answer->status == 201 && !secret.empty()) {
    shown["secret"] = secret;
    answer->body = json::serialize(shown);
  }
  core::Answer sent = net::answer_of(std::move(answer));
  sent.headers.emplace_back("Cache-Control", "no-store");
  return sent;
}

core::Answer list(storage::Database& database, const net::Call& call) {
  const auto page = net::read_page(call.request, {});
  if (!page) return page.error();
  auto keys = database.read([&](storage::Session& session) {
    return load_keys(session, call.who.brand, page->after, std::numeric_limits<std::int64_t>::max(),
                     page->limit + 1);
  });
  if (!keys) return net::problem_of(keys.error());
  json::array data;
  for (const KeyInfo& key : *keys) {
    data.emplace_back(key_json(key));
  }
  const auto limit = static_cast<std::size_t>(page->limit);
  const bool has_more = keys->size() > limit;
  return net::list_answer(std::move(data), has_more, has_more ? (*keys)[limit - 1].id.number : 0);
}

core::Answer revoke(storage::Database& database, KnownKeys& known_keys, const net::Call& call) {
  const auto id = core::KeyId::parse(call.values[0]);
  if (!id) return no_such("key");
  auto revoked = net::answer_of(database.transact([&](storage::Session& session) -> core::Answer {
    const core::BrandId brand = call.who.brand;
    const auto before = find_key(session, brand, *id);
    if (!before) return no_such("key");
    if (before->revoked_at) return net::json_answer(200, key_json(*before));
    if (before->role == net::Role::admin) {
      const auto others = session.run(sql::count_other_admin_keys, brand, *id,
                                      static_cast<std::int64_t>(net::Role::admin), call.now);
      if (others.one().integer(0) == 0) {
        return net::problem(409, "last_admin_key",
                            "This is the brand's last admin key; create another one first.");
      }
    }
    revoke_key(session, brand, *id, call.now);
    storage::record_change(session, brand, call.now, call.who.key.text(), "revoked", id->text(),
                           "{}");
    return net::json_answer(200, key_json(find_key(session, brand, *id).value()));
  }));
  known_keys.forget();
  return revoked;
}

}  // namespace

std::vector<net::Route> key_routes(storage::Database& database, KnownKeys& known_keys) {
  using Function = core::Answer (*)(storage::Database&, const net::Call&);
  const auto bound = [&database](Function function) -> net::Handler {
    return [&database, function](const net::Call& call) { return function(database, call); };
  };
  constexpr net::Roles admin = net::only(net::Role::admin);
  return {
      {net::Method::post, "/v1/keys", admin, bound(create)},
      {net::Method::get, "/v1/keys", admin, bound(list)},
      {net::Method::del, "/v1/keys/{id}", admin, [&database, &known_keys](const net::Call& call) {
         return revoke(database, known_keys, call);
       }}};
}

}  // namespace fairlead::admin

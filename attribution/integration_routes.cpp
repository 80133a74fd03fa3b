#include <boost/json.hpp>

#include "attribution/integrations.hpp"
#include "attribution/platforms.hpp"
#include "attribution/routes.hpp"
#include "attribution/sql.hpp"
#include "net/json.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

// Short secrets can be guessed from one signed delivery.
constexpr net::TextRule secret_rule{.min = 8, .max = 255};
constexpr std::int64_t deliveries_shown_max = 100;

core::Answer no_such_integration() {
  return net::problem(404, "not_found", "There is no such integration of this brand.");
}

json::object integration_json(const storage::Row& row) {
  const auto id = row.id<core::IntegrationId>(0);
  return {{"id", id.text()},
          {"platform", row.text(1)},
          {"name", row.text(2)},
          {"webhook_path", "/v1/webhooks/" + row.text(1) + "/" + id.text()},
          {"created_at", core::format_instant(row.instant(4))},
          {"archived_at", row.is_null(5) ? json::value(nullptr)
                                         : json::value(core::format_instant(row.instant(5)))}};
}

core::Answer show(storage::Session& session, core::BrandId brand, core::IntegrationId id,
                  int status) {
  const auto rows = session.run(sql::find_integration_of_brand, brand, id);
  if (rows.empty()) return no_such_integration();
  auto answer = net::json_answer(status, integration_json(rows.one()));
  answer.headers.emplace_back("ETag", net::etag_of(rows.one().integer(3)));
  return answer;
}

std::string read_platform(net::Fields& body) {
  const std::string platform = body.text("platform", {.min = 1, .max = 40});
  if (!platform.empty() && find_platform(platform) == nullptr) {
    std::string known;
    for (const Platform& each : platforms())
      known += (known.empty() ? "\"" : ", \"") + std::string(each.name) + "\"";
    body.refuse("platform", "invalid_value", "\"platform\" must be one of " + known);
  }
  return platform;
}

void check_secret(net::Fields& body, std::string_view platform, std::string_view secret) {
  const Platform* known = find_platform(platform);
  if (known == nullptr || known->refuse_secret == nullptr || secret.empty()) return;
  const std::string why = known->refuse_secret(secret);
  if (!why.empty()) body.refuse("secret", "invalid_value", why);
}

core::Answer post(const Dependencies& dependencies, const net::Call& call) {
  net::Fields body(call.request.body);
  const std::string platform = read_platform(body);
  const std::string name = body.maybe_text("name", {.min = 0, .max = 200}).value_or("");
  const std::string secret = body.text("secret", secret_rule);
  check_secret(body, platform, secret);
  if (auto refusal = body.refusal()) return *refusal;
  const auto key = net::idempotency_key(call);
  return net::answer_of(storage::once(dependencies.database, key, call.now, [&](auto& session) {
    const auto id = create_integration(session, dependencies.sealing_key, call.who.brand, platform,
                                       name, secret, call.now);
    storage::record_change(session, call.who.brand, call.now, call.who.key.text(), "created",
                           id.text(),
                           json::serialize(json::object{{"platform", platform}, {"name", name}}));
    return show(session, call.who.brand, id, 201);
  }));
}

core::Answer patch(const Dependencies& dependencies, const net::Call& call) {
  net::Fields body(call.request.body);
  const std::string secret = body.text("secret", secret_rule);
  if (auto refusal = body.refusal()) return *refusal;
  const auto id = core::IntegrationId::parse(call.values.front());
  if (!id) return no_such_integration();
  return net::answer_of(dependencies.database.transact([&](storage::Session& session) {
    const auto rows = session.run(sql::find_integration_of_brand, call.who.brand, *id);
    if (rows.empty()) return no_such_integration();
    if (auto stale = net::refuse_stale(call.request, rows.one().integer(3))) return *stale;
    check_secret(body, rows.one().text(1), secret);
    if (auto refusal = body.refusal()) return *refusal;
    if (!rotate_secret(session, dependencies.sealing_key, call.who.brand, *id, secret))
      return net::problem(409, "conflict", "The integration is archived; create a new one.");
    storage::record_change(session, call.who.brand, call.now, call.who.key.text(), "updated",
                           id->text(), R"({"secret":"rotated"})");
    return show(session, call.who.brand, *id, 200);
  }));
}

core::Answer list(const Dependencies& dependencies, const net::Call& call) {
  const auto page = net::read_page(call.request, {});
  if (!page) return page.error();
  return net::answer_of(dependencies.database.read([&](storage::Session& session) {
    const auto rows =
        session.run(sql::list_integrations, call.who.brand, page->after, page->limit + 1);
    json::array data;
    for (const storage::Row& row : rows)
      data.push_back(integration_json(row));
    const auto shown = static_cast<std::size_t>(page->limit);
    const bool has_more = rows.size() > shown;
    return net::list_answer(std::move(data), has_more,
                            has_more ? rows.rows[shown - 1].integer(0) : 0);
  }));
}

core::Answer get(const Dependencies& dependencies, const net::Call& call) {
  const auto id = core::IntegrationId::parse(call.values.front());
  if (!id) return no_such_integration();
  return net::answer_of(dependencies.database.read(
      [&](storage::Session& session) { return show(session, call.who.brand, *id, 200); }));
}

core::Answer remove(const Dependencies& dependencies, const net::Call& call) {
  const auto id = core::IntegrationId::parse(call.values.front());
  if (!id) return no_such_integration();
  return net::answer_of(dependencies.database.transact([&](storage::Session& session) {
    if (session.run(sql::archive_integration, call.who.brand, *id, call.now).changed == 1) {
      storage::record_change(session, call.who.brand, call.now, call.who.key.text(), "archived",
                             id->text(), "{}");
    }
    return show(session, call.who.brand, *id, 200);
  }));
}

core::Answer list_deliveries(const Dependencies& dependencies, const net::Call& call) {
  const auto id = core::IntegrationId::parse(call.values.front());
  if (!id) return no_such_integration();
  if (auto refusal = net::refuse_query(call.request, {"outcome"})) return *refusal;
  const std::string outcome = net::query_value(call.request.query, "outcome").value_or("failed");
  return net::answer_of(dependencies.database.read([&](storage::Session& session) {
    if (session.run(sql::find_integration_of_brand, call.who.brand, *id).empty())
      return no_such_integration();
    json::array data;
    for (const storage::Row& row :
         session.run(sql::list_deliveries, call.who.brand, *id, outcome, deliveries_shown_max)) {
      data.push_back(json::object{{"delivery", row.text(0)},
                                  {"topic", row.text(1)},
                                  {"received_at", core::format_instant(row.instant(2))},
                                  {"outcome", row.text(3)},
                                  {"detail", row.text(4)}});
    }
    return net::json_answer(200, json::object{{"data", std::move(data)}, {"next_cursor", nullptr}});
  }));
}

}  // namespace

std::vector<net::Route> integration_routes(const Dependencies& dependencies) {
  using net::Role;
  const net::Roles readers = Role::admin | Role::viewer;
  return {
      {net::Method::post, "/v1/integrations", net::only(Role::admin),
       [dependencies](const net::Call& call) { return post(dependencies, call); }},
      {net::Method::get, "/v1/integrations", readers,
       [dependencies](const net::Call& call) { return list(dependencies, call); }},
      {net::Method::get, "/v1/integrations/{id}", readers,
       [dependencies](const net::Call& call) { return get(dependencies, call); }},
      {net::Method::patch, "/v1/integrations/{id}", net::only(Role::admin),
       [dependencies](const net::Call& call) { return patch(dependencies, call); }},
      {net::Method::del, "/v1/integrations/{id}", net::only(Role::admin),
       [dependencies](const net::Call& call) { return remove(dependencies, call); }},
      {net::Method::get, "/v1/integrations/{id}/deliveries", readers,
       [dependencies](const net::Call& call) { return list_deliveries(dependencies, call); }},
  };
}

}  // namespace fairlead::attribution

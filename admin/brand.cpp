#include <algorithm>
#include <boost/json/serialize.hpp>

#include "admin/resource.hpp"
#include "admin/resources.hpp"
#include "admin/sql.hpp"
#include "core/check.hpp"
#include "core/crypto.hpp"
#include "core/host_name.hpp"
#include "core/utf8.hpp"
#include "net/ascii.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "redirect/redirect.hpp"
#include "storage/audit.hpp"

namespace fairlead::admin {

namespace json = boost::json;

namespace {

constexpr std::int64_t domains_max = 50;
const std::vector<std::string_view>& brand_fields() {
  static const std::vector<std::string_view> fields = {
      "name", "fallback_url", "margin_ppm", "allowed_domains", "visitor_mode", "consent"};
  return fields;
}

json::object brand_json(storage::Session& session, core::BrandId brand) {
  const auto rows = session.run(sql::find_brand, brand);
  const storage::Row& row = rows.one();
  json::object body;
  body["id"] = brand.text();
  body["name"] = row.text(0);
  body["currency"] = row.text(1);
  body["timezone"] = row.text(2);
  body["fallback_url"] = text_json(row, 3);
  body["margin_ppm"] = row.integer(4);
  json::array domains;
  for (const std::string& domain : allowed_domains(session, brand)) {
    domains.emplace_back(domain);
  }
  body["allowed_domains"] = std::move(domains);
  body["visitor_mode"] = row.text(6);
  body["consent"] = row.text(7);
  body["created_at"] = time_json(row, 5);
  return body;
}

// The row has no version of its own, so the digest of what is shown stands for one.
std::int64_t version_of(const json::object& brand) {
  const core::Digest digest = core::sha256(json::serialize(brand));
  std::int64_t version = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    version = version << 8 | digest[i];
  }
  return version;
}

core::Answer brand_answer(const json::object& brand) {
  core::Answer answer = net::json_answer(200, brand);
  answer.headers.emplace_back("ETag", net::etag_of(version_of(brand)));
  return answer;
}

struct BrandChange {
  std::string name;
  std::optional<std::string> fallback_url;
  std::int64_t margin_ppm = core::ppm_one;
  std::vector<std::string> domains;
  std::string visitor_mode;
  std::string consent;
};

BrandChange read_brand(net::Fields& body) {
  BrandChange brand;
  brand.name = body.text("name");
  brand.margin_ppm = body.integer("margin_ppm", 0, core::ppm_one);
  for (const std::string& given : body.texts("allowed_domains", domains_max, {1, 260})) {
    auto domain = check_domain(given);
    if (!domain) {
      body.refuse("allowed_domains", "invalid_value", domain.error().detail);
    } else if (std::find(brand.domains.begin(), brand.domains.end(), *domain) ==
               brand.domains.end()) {
      brand.domains.push_back(std::move(*domain));
    }
  }
  brand.visitor_mode = body.one_of("visitor_mode", {"cookieless", "cookie"});
  brand.consent = body.one_of("consent", {"not_asked", "denied", "granted", "not_required"});
  brand.fallback_url = body.maybe_text("fallback_url", {1, 2'048});
  if (brand.fallback_url) {
    auto checked = redirect::check_destination(*brand.fallback_url, brand.domains);
    // Every brace of a checked destination belongs to a macro.
    if (checked && checked->find('{') != std::string::npos) {
      body.refuse("fallback_url", "invalid_value",
                  "fallback_url must not have macros: a fallback is sent as it is");
    } else if (checked) {
      brand.fallback_url = std::move(*checked);
    } else {
      refuse_destination(body, "fallback_url", checked.error().detail);
    }
  }
  return brand;
}

void write_brand(storage::Session& session, core::BrandId brand, const json::object& before,
                 const BrandChange& change) {
  const json::value& old_fallback = before.at("fallback_url");
  const std::string old_url = old_fallback.is_null() ? "" : std::string(old_fallback.as_string());
  // The old values guard against another change that came in between.
  const auto changed = session.run(
      sql::update_brand, brand, change.name, change.fallback_url, change.margin_ppm,
      change.visitor_mode, change.consent, std::string_view(before.at("name").as_string()), old_url,
      before.at("margin_ppm").as_int64(), std::string_view(before.at("visitor_mode").as_string()),
      std::string_view(before.at("consent").as_string()));
  if (changed.changed == 0) changed_meanwhile();
  session.run(sql::delete_allowed_domains, brand);
  for (const std::string& domain : change.domains) {
    session.run(sql::insert_allowed_domain, brand, domain);
  }
}

core::Answer read_answer(storage::Database& database, const net::Call& call) {
  auto brand =
      database.read([&](storage::Session& session) { return brand_json(session, call.who.brand); });
  if (!brand) return net::problem_of(brand.error());
  return brand_answer(*brand);
}

core::Answer change_answer(const Dependencies& dependencies, const net::Call& call) {
  const auto patch = read_patch(call.request.body);
  if (!patch) return net::problem(400, "invalid_json", patch.error().detail);
  bool is_changed = false;
  auto answer = dependencies.database.transact([&](storage::Session& session) -> core::Answer {
    const core::BrandId brand = call.who.brand;
    is_changed = false;
    const json::object before = brand_json(session, brand);
    if (auto stale = net::refuse_stale(call.request, version_of(before))) return *stale;
    json::object merged;
    for (const std::string_view name : brand_fields()) {
      merged[name] = before.at(name);
    }
    merge_patch(merged, *patch);
    std::vector<net::FieldError> errors;
    net::Fields body(merged, "", errors);
    for (const std::string_view name : {"currency", "timezone"}) {
      if (body.raw(name) == nullptr) continue;
      body.refuse(
          name, "immutable",
          std::string(name) + " stays as the brand was created: booked figures depend on it.");
    }
    const BrandChange change = read_brand(body);
    if (auto refusal = body.refusal()) return *refusal;
    write_brand(session, brand, before, change);
    const json::object after = brand_json(session, brand);
    const json::object changed = differences(before, after, brand_fields(), {});
    if (!changed.empty()) {
      is_changed = true;
      storage::record_change(session, brand, call.now, call.who.key.text(), "updated", brand.text(),
                             json::serialize(changed));
    }
    return brand_answer(after);
  });
  if (answer && is_changed && dependencies.brand_changed) dependencies.brand_changed();
  return net::answer_of(std::move(answer));
}

}  // namespace

std::vector<net::Route> brand_routes(const Dependencies& dependencies) {
  return {{net::Method::get, "/v1/brand", net::Role::admin | net::Role::viewer,
           [&database = dependencies.database](const net::Call& call) {
             return read_answer(database, call);
           }},
          {net::Method::patch, "/v1/brand", net::only(net::Role::admin),
           [dependencies](const net::Call& call) { return change_answer(dependencies, call); }}};
}

core::BrandId create_brand(storage::Session& session, const NewBrand& brand, core::Instant now) {
  const auto id = core::new_id<core::BrandId>(now);
  session.run(sql::insert_brand, id, brand.name, brand.currency.code(), brand.zone.name(), now);
  for (const std::string& domain : brand.allowed_domains) {
    session.run(sql::insert_allowed_domain, id, domain);
  }
  return id;
}

core::Result<std::string> check_domain(std::string_view domain) {
  constexpr std::size_t shown_bytes_max = 60;
  // The scheme says whether plain http is allowed; https always is.
  constexpr std::string_view scheme_mark = "://";
  const std::size_t mark = domain.find(scheme_mark);
  const std::size_t scheme_end = mark == std::string_view::npos ? 0 : mark + scheme_mark.size();
  std::string scheme(domain.substr(0, scheme_end));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), net::lower);
  const auto name = core::host_name(domain.substr(scheme_end));
  const bool is_known_scheme = scheme.empty() || scheme == "http://" || scheme == "https://";
  // An IP address is nothing that links lead to, and one label is a whole top-level domain.
  if (!name || !is_known_scheme || core::is_ipv4_host(*name) ||
      (name->find('.') == std::string::npos && *name != "localhost")) {
    const std::string_view shown = domain.substr(0, shown_bytes_max);
    return core::fail(
        core::Errc::invalid,
        "\"" + std::string(shown.substr(0, core::utf8_prefix(shown))) +
            "\" is not a domain; write the shop's host name without path or port, such "
            "as \"shop.example\", or \"http://localhost\" to try without TLS.");
  }
  return (scheme == "http://" ? scheme : "") + *name;
}

std::vector<std::string> allowed_domains(storage::Session& session, core::BrandId brand) {
  std::vector<std::string> domains;
  for (const auto& row : session.run(sql::select_allowed_domains, brand, domains_max)) {
    domains.push_back(row.text(0));
  }
  return domains;
}

}  // namespace fairlead::admin

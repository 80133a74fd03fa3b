#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <memory>
#include <optional>

#include "admin/admin.hpp"
#include "admin/keys.hpp"
#include "app/commands.hpp"
#include "app/find_brand.hpp"
#include "app/secrets.hpp"
#include "app/sql.hpp"
#include "net/origin.hpp"
#include "redirect/consent_grant.hpp"
#include "storage/audit.hpp"
#include "storage/storage.hpp"

namespace fairlead::app {

namespace {

using core::Errc;
using core::fail;

struct RoleName {
  const char* name;
  net::Role role;
};
constexpr RoleName role_names[] = {{"admin", net::Role::admin},
                                   {"viewer", net::Role::viewer},
                                   {"shop", net::Role::shop},
                                   {"influencer", net::Role::influencer},
                                   {"browser", net::Role::browser}};

std::optional<net::Role> parse_role(const std::string& text) {
  for (const RoleName& one : role_names)
    if (text == one.name) return one.role;
  return std::nullopt;
}

const char* name_of(net::Role role) {
  for (const RoleName& one : role_names)
    if (one.role == role) return one.name;
  return "";
}

core::Result<std::unique_ptr<storage::Database>> open_for_writing(const Config& config) {
  auto database = storage::open({.url = config.database_url()});
  if (!database && database.error().code == Errc::busy)
    return fail(Errc::busy,
                database.error().detail +
                    "; while a server runs, use POST /v1/keys and DELETE /v1/keys/{id}");
  return database;
}

// As POST /v1/keys has it: a key of role browser names its pages, no other does.
core::Result<std::vector<std::string>> read_origins(const KeyRequest& request, net::Role role) {
  std::vector<std::string> origins;
  if (role != net::Role::browser) {
    if (request.origins.empty()) return origins;
    return fail(Errc::config, "belongs to keys of role browser only");
  }
  for (const std::string& text : request.origins) {
    auto origin = net::check_origin(text);
    if (!origin) return fail(Errc::config, "\"" + text + "\": " + origin.error().detail);
    if (std::find(origins.begin(), origins.end(), *origin) == origins.end())
      origins.push_back(std::move(*origin));
  }
  if (!origins.empty() && origins.size() <= admin::origins_max) return origins;
  return fail(Errc::config, "must be given 1 to 20 times, such as --origin https://shop.example");
}

// Runs `fn(session, brand)`, which returns a Result, and prints what it returned.
template <class Fn>
int with_brand(storage::Database& database, const std::string& brand, Fn&& fn) {
  auto done = database.transact([&](storage::Session& session) -> core::Result<void> {
    auto id = find_brand(session, brand);
    if (!id) return id.error();
    return fn(session, *id);
  });
  if (!done) return report_failure("key", done.error());
  return 0;
}

}  // namespace

int create_key(const Config& config, const KeyRequest& request) {
  const auto role = parse_role(request.role);
  if (!role)
    return report_failure("--role",
                          {Errc::config, "must be admin, viewer, shop, influencer or browser"});
  core::InfluencerId influencer;
  if (*role == net::Role::influencer) {
    auto id = core::InfluencerId::parse(request.influencer);
    if (!id) return report_failure("--influencer", {Errc::config, id.error().detail});
    influencer = *id;
  }
  const auto origins = read_origins(request, *role);
  if (!origins) return report_failure("--origin", origins.error());
  auto database = open_for_writing(config);
  if (!database) return report_failure("key create", database.error());
  const core::Instant now = core::SystemClock().now();
  admin::CreatedKey made;
  const int code =
      with_brand(**database, request.brand, [&](storage::Session& session, core::BrandId brand) {
        if (influencer && session.run(sql::find_influencer, brand, influencer).empty())
          return core::Result<void>(
              fail(Errc::config, "--influencer: this brand has no " + influencer.text()));
        made = *role == net::Role::browser
                   ? admin::create_browser_key(session, brand, *origins, request.note, now)
                   : admin::create_key(session, brand, *role, influencer, request.note, now);
        storage::record_change(session, brand, now, "cli", "created", made.id.text(),
                               boost::json::serialize(boost::json::object{{"role", request.role}}));
        return core::Result<void>();
      });
  if (code != 0) return code;
  if (request.output == Output::json) {
    std::cout << boost::json::serialize(boost::json::object{
                     {"id", made.id.text()}, {"role", request.role}, {"secret", made.secret_text}})
              << "\n";
  } else {
    std::cout << "Key " << made.id.text() << " (" << request.role << "), shown once:\n  "
              << made.secret_text << "\n";
  }
  return 0;
}

int list_keys(const Config& config, const KeyRequest& request) {
  auto database = storage::open_read_only({.url = config.database_url()});
  if (!database) return report_failure("key list", database.error());
  std::vector<admin::KeyInfo> keys;
  auto done = (*database)->read([&](storage::Session& session) -> core::Result<void> {
    auto brand = find_brand(session, request.brand);
    if (!brand) return brand.error();
    keys = admin::list_keys(session, *brand);
    return {};
  });
  if (!done) return report_failure("key list", done.error());

  boost::json::array list;
  for (const admin::KeyInfo& key : keys) {
    const std::string revoked = key.revoked_at ? core::format_instant(*key.revoked_at) : "";
    if (request.output == Output::json) {
      boost::json::object one{{"id", key.id.text()},
                              {"role", name_of(key.role)},
                              {"public_id", key.public_id},
                              {"note", key.note},
                              {"created_at", core::format_instant(key.created_at)},
                              {"revoked_at", nullptr}};
      if (!revoked.empty()) one["revoked_at"] = revoked;
      list.push_back(one);
    } else {
      std::cout << key.id.text() << "  " << name_of(key.role) << "  fl_" << name_of(key.role) << "_"
                << key.public_id << "…  " << core::format_instant(key.created_at)
                << (revoked.empty() ? "" : "  revoked " + revoked) << "  " << key.note << "\n";
    }
  }
  if (request.output == Output::json) std::cout << boost::json::serialize(list) << "\n";
  return 0;
}

int revoke_key(const Config& config, const KeyRequest& request) {
  auto key = core::KeyId::parse(request.key);
  if (!key) return report_failure("key revoke", {Errc::config, key.error().detail});
  auto database = open_for_writing(config);
  if (!database) return report_failure("key revoke", database.error());
  const int code =
      with_brand(**database, request.brand, [&](storage::Session& session, core::BrandId brand) {
        const core::Instant now = core::SystemClock().now();
        if (!admin::revoke_key(session, brand, *key, now))
          return core::Result<void>(fail(Errc::not_found, "this brand has no key " + request.key));
        storage::record_change(session, brand, now, "cli", "revoked", key->text(), "{}");
        return core::Result<void>();
      });
  if (code == 0) std::cout << "Key " << request.key << " is revoked.\n";
  return code;
}

int print_consent_key(const Config& config, const KeyRequest& request) {
  auto database = storage::open_read_only({.url = config.database_url()});
  if (!database) return report_failure("key consent", database.error());
  const auto brand = (*database)->read(
      [&](storage::Session& session) { return find_brand(session, request.brand); });
  if (!brand) return report_failure("key consent", brand.error());
  const auto secrets = load_secrets(config.data);
  if (!secrets) return report_failure("key consent", secrets.error());
  const std::string key = redirect::consent_key(secrets->token_keys.front(), *brand);
  if (request.output == Output::json) {
    std::cout << boost::json::serialize(
                     boost::json::object{{"brand_id", brand->text()}, {"consent_key", key}})
              << "\n";
  } else {
    std::cout << key << "\n";
  }
  return 0;
}

}  // namespace fairlead::app

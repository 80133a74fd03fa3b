#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <iostream>
#include <string>

#include "admin/admin.hpp"
#include "app/commands.hpp"
#include "app/secrets.hpp"
#include "core/utf8.hpp"
#include "storage/storage.hpp"

namespace fairlead::app {

namespace {

struct Made {
  core::BrandId brand;
  std::string admin_key;
  std::string shop_key;
};

void print(const Made& made, const InitRequest& request) {
  if (request.output == Output::json) {
    const boost::json::object keys{{"brand_id", made.brand.text()},
                                   {"admin_key", made.admin_key},
                                   {"shop_key", made.shop_key}};
    std::cout << boost::json::serialize(keys) << "\n";
    return;
  }
  std::cout << "Brand " << request.brand << " is ready. The keys are shown once; keep them safe.\n"
            << "  brand id   " << made.brand.text() << "\n"
            << "  admin key  " << made.admin_key << "\n"
            << "  shop key   " << made.shop_key << "\n";
  if (request.domains.empty())
    std::cout << "Before the first link, say where links may lead:\n"
              << "  curl -X PATCH -H 'Authorization: Bearer <admin key>' "
                 "-H 'Content-Type: application/json' \\\n"
              << "    -d '{\"allowed_domains\":[\"shop.example.com\"]}' "
                 "http://127.0.0.1:8080/v1/brand\n";
}

}  // namespace

int init(const Config& config, const InitRequest& request) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (request.brand.empty() || request.brand.size() > 200 || !core::is_utf8(request.brand) ||
      std::any_of(request.brand.begin(), request.brand.end(), is_control))
    return report_failure("--brand", {core::Errc::config, "must be 1 to 200 bytes of plain text"});
  auto currency = core::Currency::parse(request.currency);
  if (!currency) return report_failure("--currency", {core::Errc::config, currency.error().detail});
  std::vector<std::string> domains;
  for (const std::string& given : request.domains) {
    auto domain = admin::check_domain(given);
    if (!domain) return report_failure("--domain", {core::Errc::config, domain.error().detail});
    domains.push_back(*domain);
  }
  auto zone = core::Zone::parse(request.timezone);
  if (!zone) return report_failure("--timezone", {core::Errc::config, zone.error().detail});

  auto secrets = load_secrets(config.data);
  if (!secrets) return report_failure("init", secrets.error());
  auto database = storage::open({.url = config.database_url()});
  if (!database) return report_failure("init", database.error());
  // The click file too, so that everything a server needs is there and its rights are right.
  auto clicks =
      storage::open({.url = "sqlite:" + config.clicks_file(), .schema = storage::Schema::clicks});
  if (!clicks) return report_failure("init", clicks.error());

  const core::Instant now = core::SystemClock().now();
  auto made = (*database)->transact([&](storage::Session& session) {
    const auto brand =
        admin::create_brand(session, {request.brand, *currency, *zone, domains}, now);
    const auto admin_key = admin::create_key(session, brand, net::Role::admin, {}, "init", now);
    const auto shop_key = admin::create_key(session, brand, net::Role::shop, {}, "init", now);
    return Made{brand, admin_key.secret_text, shop_key.secret_text};
  });
  if (!made) return report_failure("init", made.error());
  print(*made, request);
  return 0;
}

}  // namespace fairlead::app

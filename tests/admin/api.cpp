#include "tests/admin/api.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>

namespace fairlead::admin {

namespace json = boost::json;

namespace {

net::Method method_named(std::string_view name) {
  for (const net::Method method : {net::Method::get, net::Method::head, net::Method::post,
                                   net::Method::patch, net::Method::put, net::Method::del}) {
    if (net::name_of(method) == name) return method;
  }
  return net::Method::other;
}

// As the tests' HTTP client does, so that these answers are held to the API's description too.
void record(std::string_view method, std::string_view target, std::string_view request_body,
            const core::Answer& answer) {
  const char* file = std::getenv("FAIRLEAD_EXCHANGES");
  if (file == nullptr || *file == '\0') return;
  const json::value exchange = {{"method", method},
                                {"target", target},
                                {"status", answer.status},
                                {"content_type", answer.media_type},
                                {"request_body", request_body},
                                {"body", answer.body}};
  const std::string line = json::serialize(exchange) + "\n";
  // One write of the whole line: several threads and programs may append at the same time.
  const int fd = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0 || ::write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    ADD_FAILURE() << "FAIRLEAD_EXCHANGES: " << file << " cannot be written";
  }
  if (fd >= 0) ::close(fd);
}

}  // namespace

Api::Api(storage::Database& database) : database_(database) {
  clicks_ = storage::open({.url = "sqlite:" + directory_.file("clicks.db"),
                           .schema = storage::Schema::clicks})
                .value();
  const Dependencies dependencies{.database = database,
                                  .clicks = *clicks_,
                                  .known_keys = known_keys_,
                                  .metrics = {[this](std::vector<core::Metric>& all) {
                                    all.insert(all.end(), metrics.begin(), metrics.end());
                                  }},
                                  .not_ready = [this] { return not_ready; },
                                  .version = "0.0-test",
                                  .brand_changed = [this] { ++brand_changes; }};
  router_ = std::make_unique<net::Router>(admin::routes(dependencies),
                                          authenticator(database, known_keys_));
}

core::Answer Api::call(std::string_view method, std::string_view target, std::string_view key,
                       std::string_view body, const RequestHeaders& headers) const {
  net::Request request;
  request.method = method_named(method);
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  request.host = "api.example";
  request.body = body;
  request.client_address = "192.0.2.7";
  const std::string authorization = "Bearer " + std::string(key);
  if (!key.empty()) request.headers.emplace_back("Authorization", authorization);
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  for (const auto& [name, value] : headers) {
    request.headers.emplace_back(name, value);
  }
  core::Answer answer = router_->answer(request, clock.now());
  record(method, target, body, answer);
  return answer;
}

TestBrand Api::make_brand(std::string name) const {
  const core::Instant now = clock.now();
  return database_
      .transact([&](storage::Session& session) {
        TestBrand brand;
        brand.id = create_brand(session,
                                {.name = name,
                                 .currency = core::Currency::of("EUR"),
                                 .zone = core::Zone::utc(),
                                 .allowed_domains = {"shop.example"}},
                                now);
        brand.influencer = create_influencer(session, brand.id,
                                             {.name = "Mia",
                                              .country = "DE",
                                              .niche = "beauty",
                                              .handles = {{"tiktok", "mia", 900}}},
                                             now);
        brand.campaign = create_campaign(session, brand.id,
                                         {.name = "Spring",
                                          .currency = core::Currency::of("EUR"),
                                          .starts_on = core::parse_day("2026-03-01").value(),
                                          .ends_on = {},
                                          .landing_url = "https://shop.example/spring",
                                          .budget_minor = {}},
                                         now);
        brand.deal = create_deal(session, brand.id,
                                 {.influencer = brand.influencer, .campaign = brand.campaign}, now);
        const auto key = [&](net::Role role, core::InfluencerId influencer = {}) {
          return create_key(session, brand.id, role, influencer, "test", now).secret_text;
        };
        brand.admin = key(net::Role::admin);
        brand.viewer = key(net::Role::viewer);
        brand.shop = key(net::Role::shop);
        brand.influencer_key = key(net::Role::influencer, brand.influencer);
        return brand;
      })
      .value();
}

json::value body_of(const core::Answer& answer) {
  boost::system::error_code error;
  json::value body = json::parse(answer.body, error);
  if (error) {
    ADD_FAILURE() << "not JSON: " << answer.body;
    return json::object();
  }
  return body;
}

std::string header_of(const core::Answer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) return value;
  }
  return "";
}

std::string member_of(const core::Answer& answer, std::string_view name) {
  const json::value body = body_of(answer);
  const json::object* object = body.if_object();
  const json::value* value = object == nullptr ? nullptr : object->if_contains(name);
  if (value == nullptr) return "(absent)";
  if (const json::string* text = value->if_string()) return std::string(*text);
  return json::serialize(*value);
}

}  // namespace fairlead::admin

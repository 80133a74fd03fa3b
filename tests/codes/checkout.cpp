#include "tests/codes/checkout.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace fairlead::codes {

namespace {

net::Authenticate keys_of(core::BrandId brand, core::BrandId other_brand) {
  return [brand, other_brand](std::string_view token,
                              core::Instant) -> core::Result<net::Principal> {
    const std::pair<std::string_view, net::Role> roles[] = {{"shop", net::Role::shop},
                                                            {"admin", net::Role::admin},
                                                            {"viewer", net::Role::viewer},
                                                            {"influencer", net::Role::influencer},
                                                            {"other_admin", net::Role::admin}};
    std::int64_t number = 0;
    for (const auto& [name, role] : roles) {
      ++number;
      if (name == token) {
        return net::Principal{
            token == "other_admin" ? other_brand : brand, core::KeyId{number}, role, {}};
      }
    }
    return core::fail(core::Errc::unauthorized, "there is no such key");
  };
}

}  // namespace

Checkout::Checkout(storage::Database& db, ReadClick read_click, ReadClickCode read_click_code)
    : database(db),
      router_(routes({db, std::move(read_click), std::move(read_click_code)}),
              keys_of(brand, other_brand)) {
  for (const std::string_view sql :
       {"INSERT INTO campaigns (brand_id, campaign_id, name, currency, starts_on, landing_url, "
        "created_at) VALUES (1001, 2001, 'Spring', 'EUR', 0, 'https://shop.example/', 0), "
        "(1002, 2002, 'Autumn', 'USD', 0, 'https://other.example/', 0) ON CONFLICT DO NOTHING",
        "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, created_at) VALUES "
        "(1001, 3001, 4001, 2001, 0), (1002, 3002, 4002, 2002, 0) ON CONFLICT DO NOTHING"}) {
    run(sql);
  }
}

Reply Checkout::call(net::Method method, std::string_view target, std::string_view body,
                     std::string_view key,
                     std::vector<std::pair<std::string_view, std::string_view>> headers) const {
  const auto authorization = "Bearer " + std::string(key);
  headers.emplace_back("Authorization", authorization);
  if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
  net::Request request;
  request.method = method;
  request.path = target.substr(0, target.find('?'));
  if (const auto mark = target.find('?'); mark != target.npos) {
    request.query = target.substr(mark + 1);
  }
  request.host = "localhost";
  request.body = body;
  request.client_address = "127.0.0.1";
  request.headers = std::move(headers);
  auto answer = router_.answer(request, clock.now());
  return {answer.status, std::move(answer.body), std::move(answer.headers)};
}

std::string Checkout::create(std::string_view text, std::string_view rest) const {
  const auto reply = post("/v1/codes",
                          R"({"deal_id":")" + deal.text() + R"(","code":")" + std::string(text) +
                              R"(",)" + std::string(rest) + "}",
                          "admin");
  EXPECT_EQ(reply.status, 201) << reply.body;
  return reply.at("/id");
}

std::int64_t Checkout::count_uses(std::string_view state) const {
  return number("SELECT COUNT(*) FROM code_uses WHERE brand_id = 1001 AND state = '" +
                std::string(state) + "'");
}

Reply Checkout::rollback(std::string_view body, std::string_view key) const {
  static std::atomic<int> calls{0};
  const auto own = "rollback-" + std::to_string(++calls);
  return call(net::Method::post, "/v1/codes/rollback", body, "shop",
              {{"Idempotency-Key", key.empty() ? std::string_view(own) : key}});
}

void Checkout::share_limits(std::string_view limits) const {
  const auto reply =
      call(net::Method::put, "/v1/campaigns/" + campaign.text() + "/code_limits", limits, "admin");
  EXPECT_EQ(reply.status, 200) << reply.body;
}

std::string Checkout::counter(const std::string& id) const {
  const auto code = core::CodeId::parse(id);
  const auto number = code ? code->number : core::CampaignId::parse(id)->number;
  const auto sql = "SELECT used, spent_minor, held FROM code_limit_counters WHERE scope = '" +
                   std::string(code ? "code" : "campaign") +
                   "' AND scope_id = " + std::to_string(number);
  return database
      .read([&](storage::Session& session) -> std::string {
        const auto rows = session.run(statement_of(sql));
        if (rows.empty()) return "none";
        const auto held = rows.one().integer(2);
        return "used=" + std::to_string(rows.one().integer(0)) +
               " spent=" + std::to_string(rows.one().integer(1)) +
               (held == 0 ? "" : " held=" + std::to_string(held));
      })
      .value();
}

std::int64_t Checkout::count_slots() const {
  return number("SELECT COUNT(*) FROM code_limit_slots");
}

core::Differences Checkout::verify() const {
  return database.read([](storage::Session& session) { return codes::verify(session); }).value();
}

std::int64_t Checkout::number(std::string_view sql) const {
  return database
      .read([&](storage::Session& session) {
        return session.run(statement_of(sql)).one().integer(0);
      })
      .value();
}

void Checkout::run(std::string_view sql) const {
  database.transact([&](storage::Session& session) { session.run(statement_of(sql)); }).value();
}

const storage::Statement& Checkout::statement_of(std::string_view sql) const {
  const std::lock_guard lock(statements_guard_);
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    found = statements_.emplace(std::string(sql), storage::Statement{}).first;
    found->second = {"test.plain", found->first, found->first, 0};
  }
  return found->second;
}

boost::json::value Reply::json() const {
  return boost::json::parse(body);
}

std::string Reply::at(std::string_view pointer) const {
  boost::json::error_code ec;
  const auto document = json();
  const auto* value = document.find_pointer(pointer, ec);
  if (!value) return "absent";
  if (const auto* text = value->if_string()) return std::string(*text);
  return boost::json::serialize(*value);
}

std::string Reply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

std::string cart_with(std::string_view code, std::string_view order_ref,
                      std::int64_t subtotal_minor, std::string_view more) {
  auto text = cart_json(code, order_ref, subtotal_minor);
  text.insert(text.size() - 1, more);
  return text;
}

std::string cart_json(std::string_view code, std::string_view order_ref,
                      std::int64_t subtotal_minor, std::string_view customer) {
  boost::json::object cart{{"code", code},
                           {"order_ref", order_ref},
                           {"currency", "EUR"},
                           {"subtotal_minor", subtotal_minor}};
  if (!customer.empty()) cart["customer"] = {{"key", customer}};
  return boost::json::serialize(cart);
}

}  // namespace fairlead::codes

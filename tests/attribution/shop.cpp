#include "tests/attribution/shop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "codes/codes.hpp"
#include "ledger/ledger.hpp"

namespace fairlead::attribution {

namespace {

net::Authenticate keys() {
  return [](std::string_view token, core::Instant) -> core::Result<net::Principal> {
    struct Entry {
      std::string_view name;
      core::BrandId of;
      net::Role role;
      core::InfluencerId influencer;
    };
    const Entry entries[] = {
        {"shop", brand, net::Role::shop, {}},       {"admin", brand, net::Role::admin, {}},
        {"viewer", brand, net::Role::viewer, {}},   {"mia", brand, net::Role::influencer, mia},
        {"leo", brand, net::Role::influencer, leo}, {"other", other_brand, net::Role::admin, {}}};
    std::int64_t number = 0;
    for (const Entry& entry : entries) {
      ++number;
      if (entry.name == token)
        return net::Principal{entry.of, core::KeyId{number}, entry.role, entry.influencer};
    }
    return core::fail(core::Errc::unauthorized, "there is no such key");
  };
}

storage::Statement plain(std::string_view sql) {
  return {"test.plain", sql, sql, 0};
}

constexpr std::string_view token_mark = "genuine.";

// "genuine.<click>.<link>.<micros>": what a real token proves, without its cryptography, which is
// redirect's and tested there.
core::Result<TokenFact> read_token(std::string_view token) {
  if (!token.starts_with(token_mark)) return core::fail(core::Errc::invalid, "not a token");
  std::int64_t parts[3] = {};
  const char* at = token.data() + token_mark.size();
  const char* end = token.data() + token.size();
  for (std::int64_t& part : parts) {
    const auto [rest, error] = std::from_chars(at, end, part);
    if (error != std::errc{}) return core::fail(core::Errc::invalid, "not a token");
    at = rest + (rest == end ? 0 : 1);
  }
  return TokenFact{core::ClickId{parts[0]}, core::LinkId{parts[1]}, {parts[2]}};
}

const std::string day = std::to_string(core::parse_instant("2026-03-01T00:00:00Z")->micros);

void insert_resources(const Shop& shop) {
  shop.run(
      "INSERT INTO brands (brand_id, name, currency, timezone, created_at) VALUES "
      "(1001, 'Harbour', 'EUR', 'Europe/Berlin', 0), (1002, 'Other', 'EUR', 'Europe/Berlin', 0)");
  shop.run(
      "INSERT INTO campaigns (brand_id, campaign_id, name, currency, starts_on, landing_url, "
      "precedence, created_at) VALUES "
      "(1001, 2001, 'Spring', 'EUR', 0, 'https://shop.example/', 'code_first', 0), "
      "(1001, 2002, 'Clicks', 'EUR', 0, 'https://shop.example/', 'click_first', 0), "
      "(1002, 2101, 'Other', 'EUR', 0, 'https://other.example/', 'code_first', 0)");
  shop.run(
      "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, ends_at, archived_at, "
      "created_at) VALUES (1001, 3001, 4001, 2001, NULL, NULL, 0), "
      "(1001, 3002, 4002, 2001, NULL, NULL, 0), (1001, 3003, 4002, 2002, NULL, NULL, 0), "
      "(1001, 3004, 4002, 2001, " +
      day +
      ", NULL, 0), (1001, 3005, 4002, 2001, NULL, NULL, 0), (1002, 3101, 4101, 2101, NULL, NULL, "
      "0)");
  shop.run(
      "INSERT INTO links (brand_id, link_id, deal_id, slug, destination, created_at, changed_at) "
      "VALUES (1001, 5001, 3001, 'a', 'https://shop.example/', 0, 0), "
      "(1001, 5002, 3002, 'b', 'https://shop.example/', 0, 0), "
      "(1001, 5003, 3003, 'c', 'https://shop.example/', 0, 0), "
      "(1001, 5004, 3004, 'd', 'https://shop.example/', 0, 0), "
      "(1001, 5005, 3005, 'e', 'https://shop.example/', 0, 0), "
      "(1002, 5101, 3101, 'f', 'https://other.example/', 0, 0)");
}

void insert_terms(storage::Database& database) {
  struct Terms {
    core::BrandId of;
    core::DealId deal;
    std::int64_t rate_ppm;
    const char* code;
  };
  const Terms all[] = {{brand, mias_deal, 100'000, "MIA10"},
                       {brand, leos_deal, 125'000, "LEO10"},
                       {brand, leos_click_first, 100'000, "LEOCLICK"},
                       {brand, leos_ended_deal, 100'000, "LEOOLD"},
                       {brand, leos_archived_deal, 100'000, "LEOGONE"},
                       {other_brand, other_brands_deal, 100'000, "OTHER10"}};
  database
      .transact([&](storage::Session& session) {
        for (const Terms& terms : all) {
          const std::string rate = R"({"rate_ppm":)" + std::to_string(terms.rate_ppm) + "}";
          ledger::set_plan(session, terms.of, terms.deal, {"percent", rate}, {});
          codes::Terms ten{.discount = {}, .currency = core::Currency::of("EUR"), .limits = {}};
          ten.discount.rate = {100'000};
          codes::create_code(session, terms.of, {terms.deal, terms.code, ten}, core::Instant{})
              .value();
        }
      })
      .value();
}

}  // namespace

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

Shop::Shop(storage::Database& db, storage::Database* clicks,
           std::function<void(std::span<const core::ClickId>)> activate)
    : database(db),
      dependencies{db, clicks, read_token, std::string(32, 'k'), {}, std::move(activate)},
      router_(routes(dependencies), keys()) {
  insert_resources(*this);
  insert_terms(database);
  // Only now: an archived deal gets no new codes.
  run("UPDATE deals SET archived_at = " + day + " WHERE deal_id = 3005");
}

Reply Shop::call(net::Method method, std::string_view target, std::string_view body,
                 std::string_view key, Headers headers) const {
  const std::string authorization = "Bearer " + std::string(key);
  if (!key.empty()) headers.emplace_back("Authorization", authorization);
  const bool has_type = std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return header.first == "Content-Type";
  });
  if (!body.empty() && !has_type) headers.emplace_back("Content-Type", "application/json");
  net::Request request;
  request.method = method;
  request.path = target.substr(0, target.find('?'));
  if (const auto mark = target.find('?'); mark != target.npos)
    request.query = target.substr(mark + 1);
  request.host = "localhost";
  request.body = body;
  request.client_address = "127.0.0.1";
  request.headers = std::move(headers);
  auto answer = router_.answer(request, clock.now());
  return {answer.status, std::move(answer.body), std::move(answer.headers)};
}

std::string Shop::token(std::int64_t click, std::int64_t link, std::string_view at) {
  return std::string(token_mark) + std::to_string(click) + "." + std::to_string(link) + "." +
         std::to_string(core::parse_instant(at)->micros);
}

std::string Shop::row_counts() const {
  std::string counts;
  for (const std::string table :
       {"orders", "order_lines", "touchpoints", "credits", "commissions", "postings", "refunds",
        "refund_lines", "credit_refunds", "code_uses"}) {
    counts += (counts.empty() ? "" : " ") + table + "=" +
              std::to_string(number("SELECT COUNT(*) FROM " + table));
  }
  return counts;
}

std::int64_t Shop::number(std::string_view sql) const {
  return database
      .read([&](storage::Session& session) { return session.run(plain(sql)).one().integer(0); })
      .value();
}

void Shop::run(std::string_view sql) const {
  database.transact([&](storage::Session& session) { session.run(plain(sql)); }).value();
}

std::string Shop::verify() const {
  return database
      .read([&](storage::Session& session) {
        std::string text;
        for (const auto& differences :
             {attribution::verify(session), ledger::verify(session), codes::verify(session)}) {
          for (const auto& difference : differences)
            text += difference.what + ": expected " + difference.expected + ", stored " +
                    difference.stored + "\n";
        }
        return text;
      })
      .value();
}

std::int64_t Shop::balance(core::InfluencerId influencer) const {
  return number(
      "SELECT CAST(COALESCE(SUM(CASE WHEN to_account LIKE 'pending:%' THEN amount_minor "
      "ELSE -amount_minor END), 0) AS BIGINT) FROM postings WHERE influencer_id = " +
      std::to_string(influencer.number));
}

std::string without_ids(std::string text) {
  constexpr std::size_t digits = 13;
  for (const std::string prefix : {"ord_", "com_", "crd_", "ref_", "use_", "int_"}) {
    for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix, at + 1)) {
      const auto start = at + prefix.size();
      const auto end = text.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz", start);
      if (std::min(end, text.size()) - start == digits) text.replace(start, digits, "…");
    }
  }
  return text;
}

std::string order_json(std::string_view order_ref, std::string_view rest) {
  return R"({"order_ref":")" + std::string(order_ref) +
         R"(","placed_at":"2026-03-02T09:15:00Z","currency":"EUR","items":[)"
         R"({"line_id":"1","sku":"LAMP","product_id":"501","category_ids":["light"],"quantity":1,)"
         R"("unit_price_minor":11900,"discount_minor":1190,"tax_minor":1710},)"
         R"({"line_id":"2","quantity":2,"unit_price_minor":2380,"discount_minor":476,)"
         R"("tax_minor":684}],"shipping_minor":490,"tax_minor":2472)" +
         std::string(rest) + "}";
}

std::string simple_order(std::string_view order_ref, std::int64_t amount_minor,
                         std::string_view rest) {
  return R"({"order_ref":")" + std::string(order_ref) +
         R"(","placed_at":"2026-03-02T09:15:00Z","currency":"EUR","items":[{"line_id":"1",)"
         R"("quantity":1,"unit_price_minor":)" +
         std::to_string(amount_minor) + "}]" + std::string(rest) + "}";
}

}  // namespace fairlead::attribution

#include "tests/whole/shop.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "core/time.hpp"
#include "tests/whole/server_process.hpp"

namespace fairlead::whole {

namespace json = boost::json;

namespace {

constexpr const char* browser =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1";

std::string id_in(const test::HttpAnswer& answer) {
  if (answer.status != 201)
    throw std::runtime_error("expected 201, got " + std::to_string(answer.status) + " " +
                             answer.body);
  return json::parse(answer.body).at("id").as_string().c_str();
}

}  // namespace

BrandKeys init_brand(const std::vector<std::string>& arguments, const std::string& name) {
  std::vector<std::string> all{"init", "--brand", name, "--domain", "shop.example", "--json"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const Ran ran = run_program(all);
  if (ran.exit_code != 0) throw std::runtime_error("init: " + ran.err);
  const json::value keys = json::parse(ran.out);
  return {keys.at("brand_id").as_string().c_str(), keys.at("admin_key").as_string().c_str(),
          keys.at("shop_key").as_string().c_str()};
}

Shop::Shop(std::uint16_t port, BrandKeys keys) : client_(port), keys_(std::move(keys)) {}

void Shop::set_up(const std::string& slug, const std::string& code) {
  influencer_id = id_in(as_admin(
      "POST", "/v1/influencers",
      {{"name", "Mia"},
       {"handles", json::array{json::object{
                       {"platform", "instagram"}, {"handle", "mia"}, {"followers", 18'400}}}}}));
  campaign_id = id_in(as_admin("POST", "/v1/campaigns",
                               {{"name", "Summer"},
                                {"currency", "EUR"},
                                {"starts_on", "2026-01-01"},
                                {"landing_url", "https://shop.example/summer"},
                                {"utm", {{"utm_campaign", "summer"}}}}));
  deal_id = id_in(as_admin("POST", "/v1/deals",
                           {{"influencer_id", influencer_id},
                            {"campaign_id", campaign_id},
                            {"plan", {{"kind", "percent"}, {"rate_ppm", 100'000}}}}));
  link_id = id_in(as_admin("POST", "/v1/links", {{"deal_id", deal_id}, {"slug", slug}}));
  code_id = id_in(as_admin("POST", "/v1/codes",
                           {{"deal_id", deal_id},
                            {"code", code},
                            {"discount", {{"kind", "percent"}, {"rate_ppm", 100'000}}}}));
}

std::string Shop::click(const std::string& slug) {
  const auto answer = client_.get("/" + slug, {{"User-Agent", browser}});
  return answer.status == 302 ? token_of(answer.header("Location")) : "";
}

json::object Shop::order_body(const std::string& order_ref, const std::string& click_token,
                              const std::string& code) {
  json::object body{{"order_ref", order_ref},
                    {"placed_at", core::format_instant(core::SystemClock().now())},
                    {"currency", "EUR"},
                    {"items", json::array{{{"line_id", "1"},
                                           {"sku", "LAMP"},
                                           {"quantity", 2},
                                           {"unit_price_minor", 5'000},
                                           {"discount_minor", 1'000},
                                           {"tax_minor", 1'710}}}},
                    {"shipping_minor", 490},
                    {"tax_minor", 1'710},
                    {"codes", json::array{}},
                    {"click_ids", json::array{}}};
  if (!code.empty()) body["codes"] = json::array{code};
  if (!click_token.empty()) body["click_ids"] = json::array{click_token};
  return body;
}

test::HttpAnswer Shop::as_admin(const std::string& method, const std::string& target,
                                const json::value& body) {
  return call(keys_.admin_key, method, target, body);
}

test::HttpAnswer Shop::as_shop(const std::string& method, const std::string& target,
                               const json::value& body) {
  return call(keys_.shop_key, method, target, body);
}

test::HttpAnswer Shop::call(const std::string& key, const std::string& method,
                            const std::string& target, const json::value& body) {
  client_.use_key(key);
  auto answer = client_.request(method, target, {}, body.is_null() ? "" : json::serialize(body));
  client_.use_key("");
  return answer;
}

std::string token_of(const std::string& location) {
  const std::string name = "fl_click=";
  const std::size_t at = location.find(name);
  if (at == std::string::npos) return "";
  const std::size_t from = at + name.size();
  return location.substr(from, location.find_first_of("&#", from) - from);
}

}  // namespace fairlead::whole

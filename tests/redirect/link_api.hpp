// A brand whose redirect runs, and its API called through the routing table as an admin.
#pragma once

#include <boost/json/parse.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/router.hpp"
#include "tests/redirect/running_redirect.hpp"
#include "tests/redirect/shop.hpp"

namespace fairlead::test {

class LinkApi : public OnEveryEngine {
 public:
  LinkApi() : clock(start_of_test), shop(database()), redirect(database(), clock) {}

  using Headers = std::vector<std::pair<std::string_view, std::string_view>>;
  core::Answer call(net::Method method, std::string_view target, std::string_view body = "",
                    Headers headers = {}) {
    net::Request request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    request.query = target.substr(std::min(target.size(), request.path.size() + 1));
    request.body = body;
    request.headers = std::move(headers);
    request.headers.emplace_back("Authorization", "Bearer x");
    request.headers.emplace_back("Content-Type", "application/json");
    const net::Router router(
        redirect->routes(),
        [this](std::string_view, core::Instant) -> core::Result<net::Principal> {
          return net::Principal{.brand = brand, .key = {77}, .role = role, .influencer = {}};
        });
    return router.answer(request, clock.now());
  }
  core::Answer get(std::string_view target, Headers headers = {}) {
    return call(net::Method::get, target, "", std::move(headers));
  }
  static std::string header(const core::Answer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers)
      if (key == name) return value;
    return "";
  }

  core::ManualClock clock;
  Shop shop;
  RunningRedirect redirect;
  net::Role role = net::Role::admin;
  core::BrandId brand = Shop::brand;
};

}  // namespace fairlead::test

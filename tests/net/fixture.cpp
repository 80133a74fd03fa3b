#include "tests/net/fixture.hpp"

#include <sys/resource.h>

#include <boost/asio/post.hpp>
#include <stdexcept>
#include <thread>

#include "net/json.hpp"
#include "net/wire.hpp"

namespace fairlead::net {
namespace {

core::Result<Principal> known_keys(std::string_view token, core::Instant) {
  Principal who;
  who.brand = core::BrandId{1};
  if (token == "admin-key") {
    who.role = Role::admin;
  } else if (token == "shop-key") {
    who.role = Role::shop;
  } else if (token == "busy-key") {
    return core::fail(core::Errc::busy, "the database is locked");
  } else {
    return core::fail(core::Errc::unauthorized, "unknown");
  }
  return who;
}

core::Answer echo(const Call& call) {
  boost::json::object body;
  body["method"] = name_of(call.request.method);
  body["path"] = call.request.path;
  body["query"] = call.request.query;
  body["body_bytes"] = call.request.body.size();
  body["client"] = call.request.client_address;
  body["via_tls"] = call.request.via_tls;
  boost::json::array values;
  for (const std::string& value : call.values)
    values.push_back(boost::json::string(value));
  body["values"] = std::move(values);
  return json_answer(200, body);
}

std::vector<Route> test_routes(Gate& gate) {
  const Roles shop = only(Role::shop);
  std::vector<Route> routes;
  routes.push_back({Method::get, "/v1/echo", anyone, echo});
  routes.push_back({Method::post, "/v1/echo", anyone, echo, 1'000});
  routes.push_back({Method::post, "/v1/raw", anyone, echo, 200'000, Body::raw});
  routes.push_back({Method::get, "/v1/orders/{order_ref}", shop, echo});
  routes.push_back({Method::post, "/v1/orders/{order_ref}/refunds", shop, echo});
  routes.push_back({Method::get, "/v1/codes/{id}", anyone, echo});
  routes.push_back({Method::get, "/v1/codes/all", anyone,
                    [](const Call&) { return core::Answer{.body = "[]"}; }});
  routes.push_back({Method::get, "/v1/nice", anyone, [](const Call&) {
                      return core::Answer{.body = std::to_string(::getpriority(PRIO_PROCESS, 0))};
                    }});
  routes.push_back({Method::get, "/v1/throw", anyone,
                    [](const Call&) -> core::Answer { throw std::runtime_error("secret words"); }});
  routes.push_back({Method::get, "/v1/split", anyone, [](const Call&) {
                      return core::Answer{.headers = {{"X-Note", "a\r\nSet-Cookie: b=c"}}};
                    }});
  routes.push_back({Method::get, "/v1/big", anyone, [](const Call&) {
                      return core::Answer{.body = std::string(32 * 1024 * 1024, 'x')};
                    }});
  routes.push_back({Method::get, "/v1/slow", anyone, [&gate](const Call&) {
                      gate.wait();
                      return core::Answer{.body = "{}"};
                    }});
  const auto put_off = [&routes](std::string pattern, AsyncHandler handler) {
    Route route{Method::get, std::move(pattern), anyone, {}};
    route.async_handler = std::move(handler);
    routes.push_back(std::move(route));
  };
  // Answered by a thread that nobody joins: stopping has to wait for it.
  put_off("/v1/put-off/{name}", [&gate](const Call& call, const Reply& reply) {
    std::thread([&gate, &call, reply] {
      gate.wait();
      reply([&call] { return core::Answer{.body = call.values.front()}; });
    }).detach();
  });
  put_off("/v1/put-off-throw",
          [](const Call&, const Reply&) { throw std::runtime_error("secret words"); });
  put_off("/v1/put-off-late-throw", [](const Call&, const Reply& reply) {
    reply([]() -> core::Answer { throw std::runtime_error("secret words"); });
  });
  return routes;
}

}  // namespace

FastPath::Leaves EchoPath::answer(const Request& request, std::size_t thread, bool closing,
                                  std::string& wire, HeldAnswer& held) {
  answered.fetch_add(1);
  if (request.path == "/throw") throw std::runtime_error("a fault of ours");
  if (request.path == "/late") {
    boost::asio::post(executors_[thread], [&request, &wire, &held] {
      wire = "HTTP/1.1 302 Found\r\nLocation: https://shop.example" + std::string(request.path) +
             "\r\nContent-Length: 0\r\n\r\n";
      held.release();
    });
    return Leaves::when_written;
  }
  const bool is_read = request.method == Method::get || request.method == Method::head;
  wire += is_read
              ? "HTTP/1.1 302 Found\r\nLocation: https://shop.example" + std::string(request.path)
              : "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD";
  wire += "\r\nX-Client: " + request.client_address + "\r\nX-Host: " + std::string(request.host) +
          "\r\nX-Thread: " + std::to_string(thread) + "\r\nX-Query: " + std::string(request.query) +
          "\r\nContent-Length: 0\r\n";
  if (closing) wire += "Connection: close\r\n";
  wire += "\r\n";
  if (request.path != "/held") return Leaves::now;
  // Later on the same thread, as a commit would.
  boost::asio::post(executors_[thread], [&held] { held.release(); });
  return Leaves::when_released;
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  is_open_ = true;
  changed_.notify_all();
}

void Gate::wait() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return is_open_; });
}

void Gate::wait_for(int n) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this, n] { return waiting_ >= n; });
}

Limits short_limits() {
  Limits limits;
  limits.head_ms_max = 200;
  limits.body_ms_max = 200;
  limits.idle_ms_max = 400;
  limits.write_ms_max = 300;
  limits.linger_ms_max = 200;
  limits.drain_ms_max = 5'000;
  limits.sweep_ms = 10;
  return limits;
}

ServerTest::ServerTest() : router_(std::make_unique<Router>(test_routes(gate_), known_keys)) {}

void ServerTest::start(ServerOptions options) {
  if (options.listeners.empty()) options.listeners.push_back({});
  server_ = std::make_unique<Server>(std::move(options), *router_, fast_path_, clock_);
  const auto started = server_->start();
  ASSERT_TRUE(started) << started.error().detail;
}

double ServerTest::metric(std::string_view name, std::string_view label_value) const {
  std::vector<core::Metric> metrics;
  server_->collect(metrics);
  for (const core::Metric& metric : metrics) {
    if (metric.name != name) continue;
    if (metric.labels.empty() && label_value.empty()) return metric.value;
    for (const auto& label : metric.labels) {
      if (label.second == label_value) return metric.value;
    }
  }
  ADD_FAILURE() << "there is no metric " << name << " " << label_value;
  return -1;
}

std::string ServerTest::exchange(std::string_view bytes) {
  test::HttpClient client(port());
  client.send_raw(bytes);
  return client.read_to_end();
}

std::size_t answers_in(std::string_view bytes) {
  std::size_t count = 0;
  for (auto at = bytes.find("HTTP/1.1 "); at != bytes.npos; at = bytes.find("HTTP/1.1 ", at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace fairlead::net

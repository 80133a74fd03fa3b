// The redirect running on two threads with a click file of its own, and its answers taken apart.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>
#include <memory>
#include <string>

#include "redirect/redirect.hpp"
#include "tests/redirect/io_threads.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::test {

// One HTTP answer, taken apart.
struct Answered {
  std::string status;  // "302"
  std::map<std::string, std::string> headers;
  std::string body;
};
inline Answered answered(const std::string& wire) {
  Answered answer;
  const std::size_t head_end = wire.find("\r\n\r\n");
  EXPECT_NE(head_end, std::string::npos) << wire;
  answer.body = wire.substr(head_end + 4);
  answer.status = wire.substr(9, 3);
  std::size_t at = wire.find("\r\n") + 2;
  while (at < head_end + 2) {
    const std::size_t end = wire.find("\r\n", at);
    const std::size_t colon = wire.find(": ", at);
    EXPECT_TRUE(
        answer.headers.emplace(wire.substr(at, colon - at), wire.substr(colon + 2, end - colon - 2))
            .second)
        << "a header twice: " << wire;
    at = end + 2;
  }
  return answer;
}

inline net::Task<void> ask(redirect::Redirect& redirect, net::Request request, std::size_t thread,
                           std::string& wire, Countdown& left) {
  Held held;
  const auto leaves = redirect.answer(request, thread, false, wire, held);
  if (leaves != net::FastPath::Leaves::now) co_await held.released();
  left.count();
}

// Tests click as one person and in no time.
inline redirect::Options every_click_counts() {
  redirect::Options options;
  options.duplicate_window_s = 0;
  options.flood_person_minute_max = 0;
  options.flood_network_minute_max = 0;
  return options;
}

// The redirect on two threads with a click file of its own.
class RunningRedirect {
 public:
  RunningRedirect(storage::Database& main, core::Clock& clock,
                  redirect::Options options = every_click_counts())
      : clicks_file_(directory_.file("clicks.db")) {
    options.default_domain = "go.example";
    options.public_url = "https://go.example";
    options.commit_wait_ms_max = 60'000;
    redirect_ = redirect::Redirect::open(main, clicks_file_, keys(), clock, options).value();
    redirect_->start(threads_.executors());
  }
  ~RunningRedirect() { stop(); }
  static std::vector<redirect::TokenKey> keys() { return {{1, std::string(32, 's')}}; }

  Answered get(std::string_view path, std::string_view query = "",
               std::string_view host = "go.example", net::Method method = net::Method::get,
               std::size_t thread = 0) {
    net::Request request;
    request.method = method;
    request.path = path;
    request.query = query;
    request.host = host;
    request.client_address = client_address;
    request.headers = {{"User-Agent",
                        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
                        "AppleWebKit/605.1.15 Mobile/15E148 Instagram 300.0.0.1"},
                       {"Referer", "https://L.Instagram.com/"},
                       {"Accept-Language", "de-DE,de;q=0.9"}};
    request.headers.insert(request.headers.end(), more_headers.begin(), more_headers.end());
    std::string wire;
    Countdown left(1);
    boost::asio::co_spawn(threads_.executor(thread), ask(*redirect_, request, thread, wire, left),
                          boost::asio::detached);
    left.wait();
    return answered(wire);
  }
  void stop() {
    if (!redirect_) return;
    threads_.join();
    redirect_->stop();
    redirect_.reset();
  }
  redirect::Redirect& operator*() { return *redirect_; }
  redirect::Redirect* operator->() { return redirect_.get(); }
  IoThreads& threads() { return threads_; }
  const std::string& clicks_file() const { return clicks_file_; }
  // With everything answered so far.
  std::unique_ptr<storage::Database> read_clicks() const {
    EXPECT_TRUE(!redirect_ || redirect_->settle());
    return storage::open_read_only(
               {.url = "sqlite:" + clicks_file_, .schema = storage::Schema::clicks})
        .value();
  }

  std::vector<std::pair<std::string_view, std::string_view>> more_headers;
  std::string client_address = "203.0.113.7";

 private:
  TemporaryDirectory directory_;
  std::string clicks_file_;
  IoThreads threads_{2};
  std::unique_ptr<redirect::Redirect> redirect_;
};

}  // namespace fairlead::test

// Asks for redirects, or posts a body, at a fixed rate, whatever the server does, and says how long
// each answer took
// from the moment its request was DUE. A closed-loop generator stops asking while the server
// stalls and so never sees the shoppers who would have waited; here they wait, and count.
//
//   load_open_loop --port 8080 --rate 20000 --seconds 10 [--connections 64] [--close]
//                  [--host HOST] [--warm-up SECONDS] [--paths FILE] [--header "Name: value"]…
//                  [--post FILE --status 200]
//
// --paths: one path a line, asked for in turn; "/" without. --post: the body to post to them.
// --status: how the answers' status begins, 30 without. --close: a new TCP connection for each
// request; --connections then bounds how many are open. Prints one JSON object. One thread that
// spins: give it a core of its own.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Nanos = std::int64_t;

constexpr std::uint64_t errors_max = 10'000;  // then nothing measured would mean anything

Nanos now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Log-linear buckets: 64 per power of two, so a value is off by at most 1.6 %.
class Histogram {
 public:
  void add(Nanos value) {
    ++counts_[bucket_of(static_cast<std::uint64_t>(value < 0 ? 0 : value))];
    ++total_;
    if (value > max_) max_ = value;
  }
  std::uint64_t total() const { return total_; }
  double max_ms() const { return static_cast<double>(max_) / 1e6; }
  // The upper end of the bucket that the share of answers lies in, at most the maximum.
  double quantile_ms(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > wanted) return std::min(static_cast<double>(end_of(i)) / 1e6, max_ms());
    }
    return max_ms();
  }

 private:
  static constexpr int sub_bits = 6;
  static constexpr std::uint64_t sub_count = 1U << sub_bits;
  static std::size_t bucket_of(std::uint64_t value) {
    if (value < sub_count) return value;
    const int shift = std::bit_width(value) - 1 - sub_bits;
    return static_cast<std::size_t>(shift + 1) * sub_count + ((value >> shift) - sub_count);
  }
  static std::uint64_t end_of(std::size_t bucket) {
    if (bucket < sub_count) return bucket + 1;
    const std::size_t shift = bucket / sub_count - 1;
    return (bucket % sub_count + sub_count + 1) << shift;
  }

  std::array<std::uint64_t, sub_count * 59> counts_{};
  std::uint64_t total_ = 0;
  Nanos max_ = 0;
};

struct Plan {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  double rate = 1000;  // requests per second
  double seconds = 10;
  double warm_up = 2;  // seconds; asked for and not counted
  std::size_t connections = 64;
  bool close = false;
  std::string status = "HTTP/1.1 30";  // how an answer must begin
  std::vector<std::string> requests;   // whole, in turn
};

struct Connection {
  int socket = -1;
  Nanos due = 0;  // of the request it is busy with
  bool is_busy = false;
  std::string unsent;    // behind a connect that has not finished
  std::string received;  // of the answer so far
};

class OpenLoop {
 public:
  explicit OpenLoop(const Plan& plan) : plan_(plan), poll_(epoll_create1(0)) {
    connections_.resize(plan.connections);
    for (std::uint32_t i = 0; i < plan.connections; ++i)
      idle_.push_back(i);
    if (!plan.close)
      for (std::uint32_t i = 0; i < plan.connections; ++i)
        connect(i);
  }
  ~OpenLoop() {
    for (Connection& each : connections_)
      if (each.socket >= 0) ::close(each.socket);
    ::close(poll_);
  }
  OpenLoop(const OpenLoop&) = delete;
  OpenLoop& operator=(const OpenLoop&) = delete;

  void run() {
    const Nanos start = now();
    count_from_ = start + static_cast<Nanos>(plan_.warm_up * 1e9);
    const Nanos last = count_from_ + static_cast<Nanos>(plan_.seconds * 1e9);
    const double step = 1e9 / plan_.rate;
    const Nanos give_up = last + 10'000'000'000;
    Nanos due = start;
    for (std::uint64_t asked = 0;;) {
      const Nanos at = now();
      for (; due <= at && due < last; due = start + static_cast<Nanos>(step * ++asked))
        overdue_.push_back(due);
      while (!overdue_.empty() && !idle_.empty()) {
        ask(overdue_.front());
        overdue_.pop_front();
      }
      if (due >= last && overdue_.empty() && idle_.size() == connections_.size()) return;
      if (at > give_up) {
        unanswered_ = overdue_.size() + connections_.size() - idle_.size();
        return;
      }
      receive_what_is_there();
    }
  }

  void print() const {
    std::printf(
        "{\"answered\": %llu, \"rate\": %.0f, \"p50_ms\": %.3f, \"p90_ms\": %.3f, \"p99_ms\": "
        "%.3f, \"p999_ms\": %.3f, \"max_ms\": %.3f, \"other_status\": %llu, \"errors\": %llu, "
        "\"unanswered\": %zu}\n",
        static_cast<unsigned long long>(took_.total()),
        static_cast<double>(took_.total()) / plan_.seconds, took_.quantile_ms(0.5),
        took_.quantile_ms(0.9), took_.quantile_ms(0.99), took_.quantile_ms(0.999), took_.max_ms(),
        static_cast<unsigned long long>(other_status_), static_cast<unsigned long long>(errors_),
        unanswered_);
  }
  bool is_clean() const { return errors_ == 0 && other_status_ == 0 && unanswered_ == 0; }

 private:
  void connect(std::uint32_t number) {
    Connection& connection = connections_[number];
    connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection.socket < 0) throw std::runtime_error("socket: no descriptor left");
    const int on = 1;
    setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(plan_.port);
    if (inet_pton(AF_INET, plan_.host.c_str(), &to.sin_addr) != 1)
      throw std::runtime_error("--host must be an IPv4 address");
    if (::connect(connection.socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 &&
        errno != EINPROGRESS)
      throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u32 = number;
    epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event);
  }

  void ask(Nanos due) {
    const std::uint32_t number = idle_.front();
    idle_.pop_front();
    Connection& connection = connections_[number];
    connection.due = due;
    connection.is_busy = true;
    connection.received.clear();
    connection.unsent = plan_.requests[next_request_++ % plan_.requests.size()];
    if (connection.socket < 0) connect(number);
    send_rest(connection);
  }

  void send_rest(Connection& connection) {
    if (connection.unsent.empty()) return;
    const ssize_t sent =
        ::send(connection.socket, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
    if (sent > 0) connection.unsent.erase(0, static_cast<std::size_t>(sent));
  }

  void receive_what_is_there() {
    std::array<epoll_event, 256> events;
    const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      Connection& connection = connections_[event.data.u32];
      if ((event.events & EPOLLOUT) != 0) send_rest(connection);
      if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(event.data.u32);
    }
  }

  void receive(std::uint32_t number) {
    Connection& connection = connections_[number];
    std::array<char, 16384> bytes;
    for (;;) {
      const ssize_t size = ::recv(connection.socket, bytes.data(), bytes.size(), 0);
      if (size > 0) {
        connection.received.append(bytes.data(), static_cast<std::size_t>(size));
        if (!plan_.close && is_whole(connection.received)) return finish(number);
      } else if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return;
      } else {
        return hung_up(number);
      }
    }
  }

  // The servers measured here say how long their bodies are.
  static bool is_whole(std::string_view answer) {
    const std::size_t head = answer.find("\r\n\r\n");
    if (head == std::string_view::npos) return false;
    const std::size_t at = answer.find("Content-Length: ");
    if (at >= head) return true;
    return answer.size() >= head + 4 + static_cast<std::size_t>(std::atoi(answer.data() + at + 16));
  }

  void finish(std::uint32_t number) {
    Connection& connection = connections_[number];
    if (!connection.is_busy) return;
    if (connection.due >= count_from_) {
      took_.add(now() - connection.due);
      if (!connection.received.starts_with(plan_.status)) ++other_status_;
    }
    connection.is_busy = false;
    idle_.push_back(number);
  }

  // The answer's end when each request has a connection of its own, else a broken promise.
  void hung_up(std::uint32_t number) {
    Connection& connection = connections_[number];
    ::close(connection.socket);
    connection.socket = -1;
    if (!plan_.close || !is_whole(connection.received)) ++errors_;
    if (errors_ > errors_max) throw std::runtime_error("the server refuses or drops connections");
    const bool was_busy = connection.is_busy;
    if (was_busy) finish(number);
    if (!plan_.close) connect(number);
  }

  const Plan& plan_;
  int poll_;
  std::vector<Connection> connections_;
  std::deque<std::uint32_t> idle_;
  std::deque<Nanos> overdue_;
  std::size_t next_request_ = 0;
  Nanos count_from_ = 0;
  Histogram took_;
  std::uint64_t other_status_ = 0;
  std::uint64_t errors_ = 0;
  std::size_t unanswered_ = 0;
};

std::vector<std::string> requests_of(const std::string& paths_file, const std::string& host,
                                     const std::vector<std::string>& headers, bool close,
                                     const std::string& body_file) {
  std::vector<std::string> paths;
  if (!paths_file.empty()) {
    std::ifstream file(paths_file);
    for (std::string line; std::getline(file, line);)
      if (!line.empty()) paths.push_back(line);
    if (paths.empty()) throw std::runtime_error("--paths: no path in " + paths_file);
  } else {
    paths.emplace_back("/");
  }
  std::string rest = " HTTP/1.1\r\nHost: " + host + "\r\n";
  for (const std::string& header : headers)
    rest += header + "\r\n";
  if (close) rest += "Connection: close\r\n";
  std::string body;
  if (!body_file.empty()) {
    std::ifstream file(body_file);
    body.assign(std::istreambuf_iterator<char>(file), {});
    if (body.empty()) throw std::runtime_error("--post: nothing in " + body_file);
    rest += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  rest += "\r\n" + body;
  for (std::string& path : paths)
    path = (body.empty() ? "GET " : "POST ") + path + rest;
  return paths;
}

}  // namespace

int main(int argc, char** argv) {
  Plan plan;
  std::string paths;
  std::string body;
  std::string status = "30";
  std::vector<std::string> headers;
  CLI::App options{"Asks for redirects at a fixed rate and measures from when each was due"};
  options.add_option("--host", plan.host, "IPv4 address");
  options.add_option("--port", plan.port)->required()->check(CLI::Range(1, 65535));
  options.add_option("--rate", plan.rate, "Requests per second")->check(CLI::PositiveNumber);
  options.add_option("--seconds", plan.seconds, "That are counted")->check(CLI::PositiveNumber);
  options.add_option("--warm-up", plan.warm_up, "Seconds before")->check(CLI::NonNegativeNumber);
  options.add_option("--connections", plan.connections)->check(CLI::Range(1, 60000));
  options.add_flag("--close", plan.close, "A new connection for each request");
  options.add_option("--paths", paths, "A file with one path a line");
  options.add_option("--header", headers, "\"Name: value\", as often as wanted");
  options.add_option("--post", body, "A file with the body to post");
  options.add_option("--status", status, "How the answers' status must begin");
  CLI11_PARSE(options, argc, argv);
  try {
    plan.requests =
        requests_of(paths, plan.host + ":" + std::to_string(plan.port), headers, plan.close, body);
    plan.status = "HTTP/1.1 " + status;
    OpenLoop loop(plan);
    loop.run();
    loop.print();
    return loop.is_clean() ? 0 : 1;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "load_open_loop: %s\n", failure.what());
    return 2;
  }
}

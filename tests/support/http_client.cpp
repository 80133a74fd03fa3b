#include "tests/support/http_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace fairlead::test {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

bool has_header(const HttpHeaders& headers, std::string_view name) {
  for (const auto& header : headers) {
    if (same_name(header.first, name)) return true;
  }
  return false;
}

// The head without the empty line behind it.
HttpAnswer parse_head(std::string_view head) {
  HttpAnswer answer;
  const auto line_end = head.find("\r\n");
  const std::string_view line = head.substr(0, line_end);
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || line[8] != ' ') {
    throw std::runtime_error("not an HTTP answer: " + std::string(line));
  }
  answer.status = std::atoi(std::string(line.substr(9, 3)).c_str());
  if (line.size() > 13) answer.reason = line.substr(13);
  std::string_view rest = line_end == head.npos ? "" : head.substr(line_end + 2);
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const std::string_view field = rest.substr(0, end);
    const auto colon = field.find(':');
    if (colon == field.npos) throw std::runtime_error("not a header: " + std::string(field));
    answer.headers.emplace_back(field.substr(0, colon), trimmed(field.substr(colon + 1)));
    rest = end == rest.npos ? "" : rest.substr(end + 2);
  }
  return answer;
}

}  // namespace

std::string HttpAnswer::header(std::string_view name) const {
  for (const auto& header : headers) {
    if (same_name(header.first, name)) return header.second;
  }
  return "";
}

std::size_t HttpAnswer::count(std::string_view name) const {
  std::size_t n = 0;
  for (const auto& header : headers)
    n += same_name(header.first, name);
  return n;
}

HttpClient::HttpClient(std::uint16_t port, std::string address, int wait_ms)
    : port_(port), address_(std::move(address)), wait_ms_(wait_ms) {}

HttpClient::~HttpClient() {
  close();
}

HttpAnswer HttpClient::request(std::string_view method, std::string_view target,
                               const HttpHeaders& headers, std::string_view body) {
  std::string bytes;
  bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  if (!has_header(headers, "Host")) bytes.append("Host: localhost\r\n");
  if (!key_.empty() && !has_header(headers, "Authorization")) {
    bytes.append("Authorization: Bearer ").append(key_).append("\r\n");
  }
  const bool sends_length =
      !body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
  if (!body.empty() && !has_header(headers, "Content-Type")) {
    bytes.append("Content-Type: application/json\r\n");
  }
  if (sends_length && !has_header(headers, "Content-Length")) {
    bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  for (const auto& [name, value] : headers) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  bytes.append("\r\n").append(body);

  const Expect expect = method == "HEAD" ? Expect::head_only : Expect::body;
  const bool was_connected = is_connected();
  send_raw(bytes);  // a refusal may come before all of it is taken: the answer decides
  auto answer = read_answer(expect);
  if (!answer && was_connected) {
    // A kept-alive connection that the server closed in the meantime: the request was not read.
    close();
    send_raw(bytes);
    answer = read_answer(expect);
  }
  if (!answer) {
    close();
    throw std::runtime_error("no answer to " + std::string(method) + " " + std::string(target));
  }
  if (same_name(answer->header("Connection"), "close")) close();
  record(method, target, body, *answer);
  return *std::move(answer);
}

void HttpClient::connect() {
  if (is_connected()) return;
  pending_.clear();
  const bool is_v6 = address_.find(':') != std::string::npos;
  socket_ = ::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
  timeval wait{wait_ms_ / 1000, (wait_ms_ % 1000) * 1000};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  int failed = 0;
  if (is_v6) {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(port_);
    ::inet_pton(AF_INET6, address_.c_str(), &to.sin6_addr);
    failed = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to);
  } else {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port_);
    ::inet_pton(AF_INET, address_.c_str(), &to.sin_addr);
    failed = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to);
  }
  if (failed) {
    const std::string why = std::strerror(errno);
    close();
    throw std::runtime_error("connect to " + address_ + ":" + std::to_string(port_) + ": " + why);
  }
}

bool HttpClient::send_raw(std::string_view bytes) {
  connect();
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::optional<HttpAnswer> HttpClient::read_answer(Expect expect) {
  if (!is_connected()) return std::nullopt;
  while (true) {
    std::size_t head_end = pending_.find("\r\n\r\n");
    while (head_end == std::string::npos) {
      if (!fill()) {
        if (pending_.empty()) return std::nullopt;
        throw std::runtime_error("the answer ends inside its head: " + pending_);
      }
      head_end = pending_.find("\r\n\r\n");
    }
    HttpAnswer answer = parse_head(std::string_view(pending_).substr(0, head_end));
    pending_.erase(0, head_end + 4);
    if (answer.status == 100) continue;
    if (expect == Expect::head_only || answer.status == 204 || answer.status == 304) return answer;
    const std::string length_text = answer.header("Content-Length");
    if (length_text.empty()) {
      answer.body = read_to_end();
      return answer;
    }
    const std::size_t length = std::strtoull(length_text.c_str(), nullptr, 10);
    while (pending_.size() < length) {
      if (!fill()) throw std::runtime_error("the answer ends inside its body");
    }
    answer.body = pending_.substr(0, length);
    pending_.erase(0, length);
    return answer;
  }
}

std::string HttpClient::read_some(std::size_t bytes_max) {
  std::string bytes(bytes_max, '\0');
  ssize_t n;
  do {
    n = ::recv(socket_, bytes.data(), bytes.size(), 0);
  } while (n < 0 && errno == EINTR);
  bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return bytes;
}

std::string HttpClient::read_to_end() {
  while (fill()) {
  }
  return std::exchange(pending_, {});
}

bool HttpClient::is_closed_by_peer() {
  if (!is_connected()) return true;
  if (!pending_.empty()) return false;
  char byte;
  ssize_t n;
  do {
    n = ::recv(socket_, &byte, 1, MSG_PEEK);
  } while (n < 0 && errno == EINTR);
  return n == 0 || (n < 0 && errno == ECONNRESET);
}

void HttpClient::finish_sending() {
  ::shutdown(socket_, SHUT_WR);
}

void HttpClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  pending_.clear();
}

// One read; false at the end of the connection and when the wait is over.
bool HttpClient::fill() {
  char chunk[16 * 1024];
  ssize_t n;
  do {
    n = ::recv(socket_, chunk, sizeof chunk, 0);
  } while (n < 0 && errno == EINTR);
  if (n <= 0) return false;
  pending_.append(chunk, static_cast<std::size_t>(n));
  return true;
}

void HttpClient::record(std::string_view method, std::string_view target,
                        std::string_view request_body, const HttpAnswer& answer) const {
  const char* file = std::getenv("FAIRLEAD_EXCHANGES");
  if (file == nullptr || *file == '\0') return;
  const boost::json::value exchange = {
      {"method", method},
      {"target", target},
      {"status", answer.status},
      {"content_type", answer.header("Content-Type")},
      {"request_body", request_body},
      {"body", answer.body},
  };
  const std::string line = boost::json::serialize(exchange) + "\n";
  const int fd = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  // One write of the whole line: several test programs may append at the same time.
  if (fd < 0 || ::write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    if (fd >= 0) ::close(fd);
    throw std::runtime_error(std::string("FAIRLEAD_EXCHANGES: ") + std::strerror(errno));
  }
  ::close(fd);
}

}  // namespace fairlead::test
